import { isHarborageError } from '../../harborage-error.ts'
import { withPart } from '../../kit/steps/error-part.ts'
import { KEPT_MS } from '../../kit/steps/kept-steps.ts'
import type { CheckedStep, CommittedStep, StepPlace, StepSide } from '../../kit/steps/step-side.ts'
import type { Subtree } from '../../subtree.ts'
import { ownerColumns } from '../owner-columns.ts'
import { runWork, type WorkTraits } from '../run-work.ts'
import type { SqlDatabase } from '../sql-database.ts'
import { isSqlFailure } from '../sql-failure.ts'
import type { SqlParticipant } from './sql-participant.ts'
import { claimOf, StepWork } from './step-work.ts'
import { compileStepStatements, REMOVED_STEPS, type StepStatements } from './step-statements.ts'

/** The number of steps with an id after which old ones are removed. */
const PRUNE_EVERY = 64

/** A step that is repeated is recognized by its id, or each of its parts by its own ids. */
const STEP: WorkTraits = {
  name: 'steps_commit',
  repeat: 'recognized',
  subject: 'what the step writes',
  conflictsOnUnique: true,
}

/** The steps of one SQL database. */
export class SqlSteps implements StepPlace {
  readonly database: SqlDatabase
  readonly #statements: StepStatements
  #named = 0

  constructor(database: SqlDatabase) {
    this.database = database
    this.#statements = compileStepStatements(database)
  }

  /** Returns the side of a driver on this database that takes part in steps. */
  side<Payload, Result>(participant: SqlParticipant<Payload, Result>): StepSide<Payload, Result> {
    return { place: this, participant, forget: (subtree) => this.forget(subtree) }
  }

  async commit(step: CheckedStep): Promise<CommittedStep> {
    const { checkConstraints } = this.database.dialect
    const work = new StepWork(step, this.#statements, checkConstraints)
    const traits = { ...STEP, claim: claimOf(step) }
    const prior = { mayBeApplied: false }
    try {
      const committed = await this.#attempt(work, traits, prior)
      if (step.id !== undefined) await this.#pruneSometimes()
      return work.own(committed)
    } catch (error) {
      // A deferred constraint fails in COMMIT. It can only be about rows of the application.
      const [part, ...others] = work.appRows
      const isOfOne = part !== undefined && others.length === 0
      throw isOfOne && isHarborageError(error, 'app_rows_failed') ? withPart(error, part) : error
    }
  }

  async #attempt(
    work: StepWork,
    traits: WorkTraits,
    prior: { mayBeApplied: boolean },
  ): Promise<CommittedStep> {
    try {
      return await this.database.transaction(traits, (mayBeApplied) => {
        prior.mayBeApplied ||= mayBeApplied
        return mayBeApplied ? work.careful(true) : work.optimistic()
      })
    } catch (error) {
      if (!work.mayDecideOtherwise(error)) throw error
    }
    return runWork(
      this.database,
      traits,
      (mayBeApplied) => work.careful(mayBeApplied),
      // Without a lost answer, the first attempt was rolled back.
      prior.mayBeApplied ? prior : undefined,
    )
  }

  /** Removes the ids of all steps that wrote something within a subtree. */
  async forget(subtree: Subtree): Promise<void> {
    const statement = this.#statements.forget[subtree.level]
    const owner = ownerColumns(subtree)
    while ((await this.#removed(() => this.database.changes(statement, owner))) >= REMOVED_STEPS);
  }

  /** Removes old steps after a step. If it fails, a later step does it. */
  async #pruneSometimes(): Promise<void> {
    this.#named += 1
    if (this.#named % PRUNE_EVERY !== 1) return
    const before = Date.now() - KEPT_MS
    try {
      await this.#removed(() => this.database.changes(this.#statements.prune, { before }))
    } catch (error) {
      if (!isHarborageError(error)) throw error
    }
  }

  /** Resolves to the number of removed rows. After a lost answer, those of the repetition count. */
  async #removed(remove: () => Promise<number>): Promise<number> {
    try {
      return await remove()
    } catch (error) {
      if (isSqlFailure(error, 'repeated')) return 0
      throw error
    }
  }
}
