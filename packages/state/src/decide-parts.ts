import { HarborageError } from '@harborage/core'
import { withEntry, withPart, type NamedPart, type PartResult } from '@harborage/core/kit'
import {
  appliedSlots,
  changedSlots,
  decideChanges,
  decideDelete,
  decideSaves,
  slotId,
  type CommitDecision,
  type CommitSurroundings,
  type SlotDecision,
  type SlotView,
} from './decide.ts'
import { disjointPrefixes } from './internal/disjoint-prefixes.ts'
import type { CheckedPrefix, StatePart } from './state-driver.ts'
import { commitOfPart, outcomeOfDelete } from './state-part.ts'
import type { CommitOutcome, SaveOutcome } from './state-record.ts'

/** The answers of the parts of a step. */
export interface PartsOutcome {
  /** Whether all saves of the step were applied before, so that nothing is changed. */
  readonly repeated: boolean
  /** One for each part, in their order. */
  readonly results: readonly PartResult<CommitOutcome>[]
}

/**
 * Decides the parts of a step about slots: each as a commit, all by what is stored before the step.
 * Expectations about slots whose saves were applied before count as met, in whichever part they
 * are. If all saves of the step were, the parts that only expect something are met, too.
 *
 * @throws The errors of `decideCommit` and `decideDelete`, each with the name of its part.
 */
export function decideParts(
  view: SlotView,
  parts: readonly NamedPart<StatePart>[],
): SlotDecision<PartsOutcome> {
  const commits = parts.map(({ name, payload }) => {
    const transaction = commitOfPart(payload)
    const save = inPart({ name, payload }, () => decideSaves(view, transaction))
    return { name, payload, transaction, save }
  })
  const saves = commits.flatMap(({ save }) => save)
  const repeated = saves.length > 0 && !saves.includes('saved')
  const appliedBefore = new Set(
    commits.flatMap(({ transaction, save }) => [...appliedSlots(transaction, save)]),
  )
  const spared = new Set(
    commits.flatMap(({ transaction }) => changedSlots(transaction).map(slotId)),
  )
  let emptied = 0
  const decisions = commits.map(({ name, payload, save }) => {
    const decision = inPart({ name, payload }, () =>
      repeated && isCondition(payload)
        ? met()
        : decidePart(view, payload, save, { appliedBefore, spared, emptied }),
    )
    emptied += decision.remove.length
    return decision
  })
  return {
    outcome: { repeated, results: decisions.map(({ outcome }) => resultOf(outcome)) },
    write: decisions.flatMap(({ write }) => write),
    remove: decisions.flatMap(({ remove }) => remove),
  }
}

/**
 * Checks that no prefix of a part covers one of another part.
 *
 * @throws `invalid_record` with the name of a part.
 */
export function refuseOverlaps(parts: readonly NamedPart<StatePart>[]): void {
  const seen: CheckedPrefix[] = []
  for (const { name, payload } of parts) {
    const own = commitOfPart(payload).deletePrefix
    seen.push(...own)
    if (own.length === 0 || disjointPrefixes(seen).length === seen.length) continue
    throw new HarborageError(
      'invalid_record',
      'another part empties a prefix that covers one of this part, or the other way round: name it once',
      { part: name },
    )
  }
}

/** Decides on a part. What it throws names the part, and an entry only of lists of the caller. */
function inPart<Decision>(
  { name, payload }: NamedPart<StatePart>,
  decide: () => Decision,
): Decision {
  try {
    return decide()
  } catch (error) {
    throw withPart(payload.kind === 'commit' ? error : withEntry(error, undefined), name)
  }
}

function decidePart(
  view: SlotView,
  part: StatePart,
  save: readonly SaveOutcome[],
  surroundings: CommitSurroundings,
): CommitDecision {
  if (part.kind !== 'delete') return decideChanges(view, part.transaction, save, surroundings)
  const isThere = decideDelete(view.generationOf(part.slot), part.ifEventId)
  return { outcome: outcomeOfDelete(isThere), write: [], remove: isThere ? [part.slot] : [] }
}

function isCondition(part: StatePart): boolean {
  if (part.kind === 'delete') return false
  const { saveIfEmpty, delete: deletions, save, deletePrefix } = part.transaction
  return [saveIfEmpty, deletions, save, deletePrefix].every((changes) => changes.length === 0)
}

function met(): CommitDecision {
  return { outcome: outcomeOfDelete(false), write: [], remove: [] }
}

/** Returns the result of a part, with what it does in the step. */
export function resultOf(outcome: CommitOutcome): PartResult<CommitOutcome> {
  if (outcome.repeated) {
    const isSuperseded = outcome.save.includes('superseded')
    return { result: outcome, effect: isSuperseded ? 'superseded' : 'nothing' }
  }
  const { save, saveIfEmpty, deleted } = outcome
  const writes = deleted > 0 || [...save, ...saveIfEmpty].includes('saved')
  return { result: outcome, effect: writes ? 'writes' : 'nothing' }
}
