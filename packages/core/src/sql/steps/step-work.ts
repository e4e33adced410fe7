import { isHarborageError } from '../../harborage-error.ts'
import { otherContent } from '../../kit/steps/kept-steps.ts'
import { refuseStale } from '../../kit/steps/refuse-stale.ts'
import type {
  CheckedStep,
  CommittedStep,
  PartResult,
  SteppedPart,
} from '../../kit/steps/step-side.ts'
import { ownerColumns } from '../owner-columns.ts'
import type { WriteClaim } from '../sql-calls.ts'
import { isSqlFailure } from '../sql-failure.ts'
import type { CompiledSql } from '../sql-statement.ts'
import { pipeline, selectRows, type SqlStep, type SqlWork } from '../sql-work.ts'
import { isWriteConflict } from '../write-conflict.ts'
import { APP_ROWS_RANK, type SqlParticipant, type StepAttempt } from './sql-participant.ts'
import type { StepStatements } from './step-statements.ts'

/** The parts of one subsystem. */
interface Group {
  readonly participant: SqlParticipant<unknown, unknown>
  readonly parts: readonly SteppedPart[]
}

/** The transaction of one step, for each of its attempts. */
export class StepWork {
  /** The names of the parts that are rows of the application. */
  readonly appRows: readonly string[]
  readonly #step: CheckedStep
  readonly #statements: StepStatements
  readonly #checkConstraints: CompiledSql | undefined
  readonly #groups: readonly Group[]
  /** What the last attempt wrote, whose COMMIT may have been applied. */
  #written: { readonly results: readonly unknown[]; readonly answers: string } | undefined

  /**
   * @param checkConstraints Checks the deferred constraints; `undefined` on engines that do so in
   * COMMIT only.
   */
  constructor(
    step: CheckedStep,
    statements: StepStatements,
    checkConstraints: CompiledSql | undefined,
  ) {
    this.#step = step
    this.#statements = statements
    this.#checkConstraints = checkConstraints
    this.#groups = groupsOf(step)
    this.appRows = this.#groups
      .filter(({ participant }) => participant.rank === APP_ROWS_RANK)
      .flatMap(({ parts }) => parts.map(({ name }) => name))
  }

  /** Applies all parts without reading first, with as few round trips as possible. */
  *optimistic(): SqlWork<CommittedStep> {
    const attempt = { isOptimistic: true, mayBeApplied: false }
    const results = yield* pipeline(this.#groups.map((group) => workOf(group, attempt)))
    return yield* this.#finish(results, attempt)
  }

  /**
   * Reads whether the step was applied before. If not, applies its parts, one store after the
   * other, in the order of locks.
   *
   * @param mayBeApplied Whether an earlier attempt may have been applied because its answer was
   * lost.
   */
  *careful(mayBeApplied: boolean): SqlWork<CommittedStep> {
    const known = yield* this.#find()
    if (known !== undefined) return known
    // With an id, a step that is not found was not applied.
    const attempt = {
      isOptimistic: false,
      mayBeApplied: mayBeApplied && this.#step.id === undefined,
    }
    try {
      const results: (readonly PartResult<unknown>[])[] = []
      for (const group of this.#groups) results.push(yield* workOf(group, attempt))
      return yield* this.#finish(results, attempt)
    } catch (error) {
      // What it decided on may be the effect of the same step, which was applied meanwhile.
      if (!isDecision(error)) throw error
      const meanwhile = yield* this.#find()
      if (meanwhile === undefined) throw error
      return meanwhile
    }
  }

  /** Returns whether a careful attempt may end otherwise than an optimistic one that failed. */
  mayDecideOtherwise(error: unknown): boolean {
    if (isWriteConflict(error) || isSqlFailure(error, 'unique_violation')) return true
    return this.#step.id !== undefined && isDecision(error)
  }

  /** Returns the results of this call if the stored answers are those that it wrote. */
  own(committed: CommittedStep): CommittedStep {
    const { stored } = committed
    if (stored === undefined || stored !== this.#written?.answers) return committed
    return { results: this.#written.results }
  }

  /**
   * Returns the stored answers of the step, or `undefined` if it was not applied.
   *
   * @throws `idempotency_conflict` if its id is that of another step.
   */
  *#find(): SqlWork<CommittedStep | undefined> {
    const { tenantId, id } = this.#step
    if (id === undefined) return undefined
    const at = { tenant_id: tenantId, step_id: id.stepId }
    const [row] = yield* selectRows(this.#statements.find, at)
    if (row === undefined) return undefined
    if (row.digest !== id.digest) throw otherContent()
    return { stored: row.answers }
  }

  /** Checks the results together, and stores the answers. */
  *#finish(
    resultsOfGroups: readonly (readonly PartResult<unknown>[])[],
    { mayBeApplied }: StepAttempt,
  ): SqlWork<CommittedStep> {
    const byName = new Map<string, PartResult<unknown>>()
    for (const [place, { parts }] of this.#groups.entries()) {
      for (const [index, { name }] of parts.entries()) {
        const result = resultsOfGroups[place]?.[index]
        if (result !== undefined) byName.set(name, result)
      }
    }
    const inOrder = this.#step.parts.map(({ name }) => byName.get(name))
    refuseStale(this.#step, inOrder, mayBeApplied)
    const results = inOrder.map((each) => each?.result)
    yield* this.#store(results)
    return { results }
  }

  *#store(results: readonly unknown[]): SqlWork<void> {
    const { tenantId, id, owners } = this.#step
    if (id === undefined) return
    const answers = this.#step.write(results)
    this.#written = { results, answers }
    const { insert } = this.#statements
    const steps: SqlStep[] = owners.map((owner, place) => ({
      statement: insert,
      values: insert.bind({
        ...ownerColumns(owner),
        tenant_id: tenantId,
        step_id: id.stepId,
        place,
        created_at: Date.now(),
        digest: id.digest,
        answers: place === 0 ? answers : '',
      }),
      answer: 'changes',
      isLast: true,
    }))
    const [firstAppRows] = this.appRows
    if (firstAppRows !== undefined && this.#checkConstraints !== undefined) {
      steps.unshift({
        statement: this.#checkConstraints,
        values: [],
        answer: 'changes',
        isLast: true,
        ofPart: firstAppRows,
      })
    }
    yield steps
  }
}

/** Returns what a step writes, so that no other write of this process is in its way. */
export function claimOf(step: CheckedStep): WriteClaim {
  const keys: string[] = []
  let bytes = 0
  for (const { participant, parts } of groupsOf(step)) {
    for (const { payload } of parts) {
      const claim = participant.claimOf(payload)
      keys.push(...claim.keys)
      bytes += claim.bytes
    }
  }
  if (step.id !== undefined) keys.push(JSON.stringify(['step', step.tenantId, step.id.stepId]))
  return { keys, bytes }
}

/** Returns the parts by their subsystems, in the order of locks. */
function groupsOf({ parts }: CheckedStep): Group[] {
  const groups = new Map<string, { participant: Group['participant']; parts: SteppedPart[] }>()
  for (const part of parts) {
    // All parts of an SQL database have such a participant.
    const participant = part.participant as Group['participant']
    const group = groups.get(participant.name) ?? { participant, parts: [] }
    groups.set(participant.name, group)
    group.parts.push(part)
  }
  return [...groups.values()].toSorted(
    (left, right) =>
      left.participant.rank - right.participant.rank ||
      (left.participant.name < right.participant.name ? -1 : 1),
  )
}

function workOf(
  { participant, parts }: Group,
  attempt: StepAttempt,
): SqlWork<readonly PartResult<unknown>[]> {
  return participant.work(parts, attempt)
}

/** Returns whether an error was decided by what is stored. */
function isDecision(error: unknown): boolean {
  return isHarborageError(error) && !error.retryable && !isSqlFailure(error, 'unique_violation')
}
