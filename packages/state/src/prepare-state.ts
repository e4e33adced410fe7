import type { CallOptions, Owner, Part, RunIdentity } from '@harborage/core'
import {
  type CallGate,
  checkOptionNames,
  checkOwner,
  KnownNames,
  makePart,
  type PartRules,
  withEntry,
} from '@harborage/core/kit'
import { slotId } from './decide.ts'
import {
  carriedIdentity,
  checkCondition,
  checkDeleteCondition,
  checkExpectedEventId,
  checkRecord,
  checkSlot,
  slotNames,
} from './internal/check-record.ts'
import { checkTransaction } from './internal/check-transaction.ts'
import { contentOfCommit } from './internal/commit-content.ts'
import { fillSlot } from './internal/fill-slot.ts'
import type {
  CheckedRecord,
  CheckedTransaction,
  Condition,
  StateDriver,
  StatePart,
} from './state-driver.ts'
import { commitOfPart, outcomeOfDelete } from './state-part.ts'
import type {
  CommitOutcome,
  DeleteOptions,
  NewStateRecord,
  SaveIfEmptyOutcome,
  SaveOptions,
  SaveOutcome,
  SlotExpectation,
  StateTransaction,
} from './state-record.ts'

const conditionNames = new KnownNames('options', ['ifEventId'])

/**
 * Prepares calls of a `StateStore` as parts of steps, for `commitTogether`. Each method checks its
 * arguments and copies the bytes at once, and writes nothing. It throws what the method of the
 * store with the same name rejects with.
 */
export class StatePreparations {
  readonly #driver: StateDriver
  readonly #gate: CallGate

  /** @internal */
  constructor(driver: StateDriver, gate: CallGate) {
    this.#driver = driver
    this.#gate = gate
  }

  /** Prepares `StateStore.save`. */
  save(record: NewStateRecord, options?: Omit<SaveOptions, keyof CallOptions>): Part<SaveOutcome> {
    return this.#gate.read('prepare.save', () => {
      const checked = checkRecord(checkOwner(carriedIdentity('record', record)), record)
      checkOptionNames(options, conditionNames)
      const condition = checkCondition(options)
      return this.#part('state.save', saveOf(checked, condition), {
        alone: async () => savedAs(await this.#driver.save(checked, condition)),
        answerOf: ({ save: [outcome = 'saved'] }) => outcome,
        readAnswer: readOutcome<SaveOutcome>,
      })
    })
  }

  /** Prepares `StateStore.saveIfEmpty`. */
  saveIfEmpty(record: NewStateRecord): Part<SaveIfEmptyOutcome> {
    return this.#gate.read('prepare.saveIfEmpty', () => {
      const checked = checkRecord(checkOwner(carriedIdentity('record', record)), record)
      return this.#part('state.saveIfEmpty', commitWith({ saveIfEmpty: [checked] }), {
        alone: async () => filledAs(await fillSlot(this.#driver, checked)),
        answerOf: (outcome) =>
          outcome.repeated ? 'unchanged' : (outcome.saveIfEmpty[0] ?? 'saved'),
        readAnswer: readOutcome<SaveIfEmptyOutcome>,
      })
    })
  }

  /**
   * Prepares `StateStore.delete`, which empties the slot of the kind. A step with it needs a
   * `stepId`.
   */
  delete(
    identity: Owner,
    kind: string,
    options?: Omit<DeleteOptions, keyof CallOptions>,
  ): Part<boolean> {
    return this.#gate.read('prepare.delete', () => {
      const slot = checkSlot(checkOwner(identity), kind)
      checkOptionNames(options, conditionNames)
      const ifEventId = checkDeleteCondition(options)
      const part: StatePart = { kind: 'delete', slot, ifEventId }
      return this.#part('state.delete', part, {
        alone: async () => outcomeOfDelete(await this.#driver.delete(slot, ifEventId)),
        answerOf: (outcome) => !outcome.repeated && outcome.deleted > 0,
        readAnswer: (json) => json === true,
      })
    })
  }

  /** Prepares `StateStore.commit`. A step with a commit that deletes needs a `stepId`. */
  commit(transaction: StateTransaction): Part<CommitOutcome> {
    return this.#gate.read('prepare.commit', () => {
      const checked = checkTransaction(transaction)
      return this.#part(
        'state.commit',
        { kind: 'commit', transaction: checked },
        {
          alone: () => this.#driver.commit(checked),
          answerOf: (outcome) => outcome,
          // Written by this store, as the answer of an equal commit.
          readAnswer: (json) => json as CommitOutcome,
        },
      )
    })
  }

  /** Prepares a condition on a slot, as a commit with this expectation only. */
  expect(expectation: SlotExpectation): Part<void> {
    return this.#gate.read('prepare.expect', () => {
      const owner = checkOwner(carriedIdentity('expectation', expectation))
      slotNames.check(expectation)
      const slot = checkSlot(owner, expectation.kind)
      const { eventId } = expectation
      const expected = eventId === null ? null : checkExpectedEventId('eventId', eventId)
      const part = commitWith({ expect: [{ ...slot, eventId: expected }] })
      return this.#part('state.expect', part, {
        alone: () => withoutEntry(this.#driver.commit(commitOfPart(part))),
        answerOf: () => {},
        readAnswer: () => {},
      })
    })
  }

  #part<Answer>(
    operation: string,
    payload: StatePart,
    answers: Pick<PartRules<StatePart, CommitOutcome, Answer>, 'alone' | 'answerOf' | 'readAnswer'>,
  ): Part<Answer> {
    const transaction = commitOfPart(payload)
    const { expect, save, saveIfEmpty, delete: deletions, deletePrefix } = transaction
    const records = [...save, ...saveIfEmpty]
    return makePart({
      ...answers,
      side: this.#driver.steps,
      operation,
      owners: ownersOf(transaction),
      bytes: records.reduce((sum, { bytes }) => sum + bytes.byteLength, 0),
      contentOf: () => contentOfCommit(transaction),
      exclusive: [
        ...[...records, ...deletions].map((slot) => `slot ${slotId(slot)}`),
        ...records.map(({ eventId }) => `event ${eventId}`),
        ...expect.map((slot) => `expect ${slotId(slot)}`),
      ],
      needsStepId: deletions.length + deletePrefix.length > 0,
      payload: () => payload,
      gate: this.#gate,
    })
  }
}

function saveOf(record: CheckedRecord, condition: Condition): StatePart {
  const { identity, kind } = record
  const expect = condition === undefined ? [] : [{ identity, kind, eventId: condition }]
  return commitWith({ save: [record], expect })
}

function commitWith(lists: Partial<CheckedTransaction>): StatePart {
  const none = { expect: [], save: [], saveIfEmpty: [], delete: [], deletePrefix: [] }
  return { kind: 'entry', transaction: { ...none, ...lists } }
}

function ownersOf(transaction: CheckedTransaction): Required<RunIdentity>[] {
  const { expect, save, saveIfEmpty, delete: deletions, deletePrefix } = transaction
  return [...expect, ...save, ...saveIfEmpty, ...deletions, ...deletePrefix].map(
    ({ identity }) => identity,
  )
}

/** Rejects without an entry: the caller passed no list. */
async function withoutEntry<Result>(running: Promise<Result>): Promise<Result> {
  try {
    return await running
  } catch (error) {
    throw withEntry(error, undefined)
  }
}

function savedAs(outcome: SaveOutcome): CommitOutcome {
  return { repeated: false, save: [outcome], saveIfEmpty: [], deleted: 0 }
}

function filledAs(outcome: SaveIfEmptyOutcome): CommitOutcome {
  return { repeated: false, save: [], saveIfEmpty: [outcome], deleted: 0 }
}

/** Reads an outcome that this store wrote, as the answer of an equal part. */
function readOutcome<Outcome extends string>(json: unknown): Outcome {
  return json as Outcome
}
