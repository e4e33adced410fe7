import type { EventId, Identity, ListOrder, RunIdentity, Subtree } from '@harborage/core'
import type { DirectoryPage, LoadOutcome, StepSide } from '@harborage/core/kit'
import type { DumpedSlot } from './dumped-slot.ts'
import type { CommitOutcome, SaveOutcome, StateKey, StateRecord } from './state-record.ts'

/**
 * A slot with a checked owner and kind. Parts that the owner lacks are `''`: of a session the
 * `runId`, of a user also the `sessionId`, of a tenant also the `userId`.
 */
export interface SlotKey {
  readonly identity: Required<RunIdentity>
  readonly kind: string
}

/**
 * A precondition on a slot: the event id that it has to hold, `null` if it has to be empty,
 * `undefined` for none.
 */
export type Condition = EventId | null | undefined

/** A checked record to save. */
export type CheckedRecord = Omit<StateRecord, 'createdAt'>

/**
 * A checked transaction. It has at least one entry, all entries are of one tenant, and no slot
 * occurs twice among the expectations or twice among the saves and deletes.
 */
export interface CheckedTransaction {
  readonly expect: readonly CheckedExpectation[]
  readonly save: readonly CheckedRecord[]
  /** The records to save into slots that are empty. */
  readonly saveIfEmpty: readonly CheckedRecord[]
  readonly delete: readonly SlotKey[]
  /**
   * The prefixes whose slots to empty, except those of `save` and `saveIfEmpty`. None of them
   * begins with another one of the same run.
   */
  readonly deletePrefix: readonly CheckedPrefix[]
}

/** What a part of a step does with slots. Its result is the answer of the equivalent commit. */
export type StatePart =
  | {
      /** `'commit'` if the caller passed lists, whose entries errors name. */
      readonly kind: 'commit' | 'entry'
      readonly transaction: CheckedTransaction
    }
  | {
      readonly kind: 'delete'
      readonly slot: SlotKey
      /** The event id that the slot has to hold unless it is empty; `undefined` for any. */
      readonly ifEventId: EventId | undefined
    }

/** A prefix of a {@link CheckedTransaction}. */
export interface CheckedPrefix {
  readonly identity: Required<RunIdentity>
  /** What the kinds begin with. It may be empty. */
  readonly kindPrefix: string
}

/** An expectation of a {@link CheckedTransaction}. */
export interface CheckedExpectation extends SlotKey {
  /** The event id that the slot has to hold; `null` if it has to be empty. */
  readonly eventId: EventId | null
}

/** A range of the kinds of one run, in the order of their UTF-8 bytes. */
export interface KindRange {
  readonly identity: Required<RunIdentity>
  /** What the kinds begin with. It may be empty. */
  readonly kindPrefix: string
  /** The first kind of the range, or `undefined`. The range is the same for both orders. */
  readonly from: string | undefined
  /** The first kind beyond the range, or `undefined`. */
  readonly to: string | undefined
}

/** The parameters of {@link StateDriver.listKeysPage}. */
export interface ListKeysPage extends KindRange {
  /** Whether the page begins at the first kinds of the range or at the last ones. */
  readonly order: ListOrder
  /** The kind of the last record of the previous page, or `undefined` for the first page. */
  readonly after: string | undefined
  /** The largest number of records in the page. */
  readonly limit: number
}

/** The parameters of {@link StateDriver.listPage}. */
export interface ListPage extends ListKeysPage {
  /** The page may end once the `bytes` of its records add up to this number or more. */
  readonly maxBytes: number
}

/** The parameters of {@link StateDriver.listKindPage}. */
export interface ListKindPage {
  readonly kindPrefix: string
  /** The slot of the last record of the previous page, or `undefined` for the first page. */
  readonly after: SlotKey | undefined
  /** The same as in {@link ListKeysPage}. */
  readonly limit: number
  /** The same as in {@link ListPage}. */
  readonly maxBytes: number
}

/** The parameters of {@link StateDriver.deleteBatch}. */
export interface DeleteBatch {
  readonly subtree: Subtree<'user' | 'tenant'>
  /** The `last` of the previous batch, or `undefined` for the first batch. */
  readonly after: SlotKey | undefined
  /** The largest number of slots to empty, not counting those that are filled meanwhile. */
  readonly limit: number
}

/** The parameters of {@link StateDriver.dumpPage}. */
export interface DumpPage {
  /** The slot of the last record of the previous page, or `undefined` for the first page. */
  readonly after: SlotKey | undefined
  /** The largest number of records in the page. */
  readonly limit: number
  /** The same as in {@link ListPage}. */
  readonly maxBytes: number
}

/** The parameters of {@link StateDriver.touch}. */
export interface Touch {
  readonly slot: SlotKey
  /** The event id that the slot has to hold. */
  readonly ifEventId: EventId
  /** When the record expires from now on, or `undefined` if it does not. */
  readonly expiresAt: Date | undefined
}

/** The parameters of {@link StateDriver.prunePage}. */
export interface PrunePage {
  readonly subtree: Subtree
  /** The last slot of the previous page, or `undefined` for the first page. */
  readonly after: SlotKey | undefined
  /** The largest number of slots in the page. */
  readonly limit: number
}

/** A slot that may be pruned, as it was found. */
export interface PrunableSlot extends SlotKey {
  readonly eventId: EventId
  readonly updatedAt: Date
  readonly expiresAt: Date | undefined
  /** Whether its record had expired, by the clock of the database. */
  readonly isExpired: boolean
}

/** The answer of {@link StateDriver.deleteBatch}. */
export interface DeletedBatch {
  /** The number of slots that held something. */
  readonly deleted: number
  /**
   * Where the batch ended, in an order of the driver's own; `undefined` if it was the last one.
   * Slots before this place are not visited again.
   */
  readonly last: SlotKey | undefined
}

/**
 * The storage backend of a `StateStore`. The store checks all arguments first: identities are
 * complete, and arrays are not shared with the caller, so a driver may keep them. What a driver
 * returns goes to the caller as it is, so it has to be a copy.
 *
 * Many calls may be in flight at once. A driver may write several calls in one database
 * transaction, as long as each call has its own outcome and resolves only when that is durable.
 * Throw failures as `HarborageError` of `@harborage/core`.
 *
 * A record whose `expiresAt` has come, by the clock of {@link StateDriver.now}, is hidden: reads
 * find its slot empty. The driver keeps it, with its event ids, until it is deleted or replaced.
 *
 * Test a driver with `stateConformance` of `@harborage/conformance/state`.
 */
export interface StateDriver {
  /** Returns what the slot holds, or `undefined` if it is empty. */
  load(slot: SlotKey): Promise<StateRecord | undefined>
  /**
   * Returns what each slot holds, or `undefined` if it is empty, all at one moment. There is at
   * least one slot, all are of one tenant, and no slot occurs twice.
   *
   * @param maxBytes The largest sum of the bytes of all records.
   * @returns One element for each slot, in their order; `undefined` instead of the array if the
   * records hold more than `maxBytes`. Larger content need not be read to find that.
   */
  loadMany(
    slots: readonly SlotKey[],
    maxBytes: number,
  ): Promise<readonly (StateRecord | undefined)[] | undefined>
  /** Returns the record with this event id in any run of the session, or `undefined`. */
  loadByEventId(identity: Identity, eventId: EventId): Promise<StateRecord | undefined>
  /**
   * Saves a record. Returns or throws what `decideSave` does. Into an empty slot, its `updatedAt`
   * is also the `createdAt`, which later saves keep.
   */
  save(record: CheckedRecord, condition: Condition): Promise<SaveOutcome>
  /**
   * Empties a slot, and forgets the event ids that it replaced.
   *
   * @returns Whether the slot held anything.
   * @throws `condition_failed` if `ifEventId` is given and the slot holds another event id.
   */
  delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean>
  /**
   * Changes the expiry of the record of a slot, and nothing else of it. Returns or throws what
   * `decideTouch` does.
   */
  touch(touch: Touch): Promise<boolean>
  /**
   * Empties every slot of the run, or of the session and all its runs, in one atomic step. A
   * concurrent commit takes effect as a whole before it or after it.
   *
   * @returns The number of slots that held something.
   */
  deleteAll(subtree: Subtree<'run' | 'session'>): Promise<number>
  /** Empties the next slots of a user or a tenant, of all owners within it, in one atomic step. */
  deleteBatch(batch: DeleteBatch): Promise<DeletedBatch>
  /** Returns how many slots of the subtree hold something. */
  countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number>
  /**
   * Returns the next slots of a subtree, also those whose record has expired, in an order of the
   * driver's own in which those of an owner are together. It reads no bytes. A page of fewer than
   * `limit` is taken to be the last one.
   */
  prunePage(page: PrunePage): Promise<readonly PrunableSlot[]>
  /**
   * Empties slots in one atomic step, except those that no longer hold the event id with the date
   * and the expiry that were found.
   *
   * @returns The number of slots that were emptied.
   */
  prune(slots: readonly PrunableSlot[]): Promise<number>
  /**
   * Applies the whole transaction or nothing. Returns or throws what `decideCommit` does.
   */
  commit(transaction: CheckedTransaction): Promise<CommitOutcome>
  /**
   * Returns the next records of one run whose kind is in the range, ordered by the UTF-8 bytes of
   * the kind. A page is taken to be the last one if it has fewer than `limit` records and fewer
   * than `maxBytes` bytes.
   */
  listPage(page: ListPage): Promise<readonly StateRecord[]>
  /**
   * Returns the same records as {@link listPage}, without their bytes, which it does not read. A
   * page of fewer than `limit` is taken to be the last one.
   */
  listKeysPage(page: ListKeysPage): Promise<readonly StateKey[]>
  /** Returns the number of records of one run whose kind is in the range. */
  count(range: KindRange): Promise<number>
  /**
   * Returns a page like {@link listPage}, of all identities, in the order of `compareSlots`.
   *
   * @throws `kind_index_off` if the driver was opened with `kindIndex: false` and keeps no such
   * order; see `kindIndexOff`.
   */
  listKindPage(page: ListKindPage): Promise<readonly StateRecord[]>
  /**
   * Returns the next distinct tenants, users, sessions or runs that own a slot or contain an owner
   * of one, ordered by tenant, user, session and run, each by its UTF-8 bytes. Parts that the level
   * does not have are `''`. Leaves out slots whose owner is wider than the level, such as those of
   * a user if sessions are wanted.
   */
  directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]>
  /**
   * Returns a page like {@link listPage}, of all identities, ordered by tenant, user, session, run
   * and kind, each by its UTF-8 bytes. Each record has the marks of the event ids that its slot
   * remembers.
   */
  dumpPage(page: DumpPage): Promise<readonly DumpedSlot[]>
  /**
   * Fills empty slots with the records of a dump, so that every later call has the result that it
   * would have had where they come from. A slot that is not empty stays as it is. Each record is
   * durable when the call resolves. If it fails, some may have been loaded.
   *
   * @returns One outcome for each record, in their order.
   */
  loadDump(records: readonly DumpedSlot[]): Promise<readonly LoadOutcome[]>
  /**
   * The side that takes part in steps. The result of a part is what `decideParts` decides. Default:
   * none, and `commitTogether` refuses parts of this driver.
   */
  readonly steps?: StepSide<StatePart, CommitOutcome> | undefined
  /**
   * Returns the time by the clock of the database, to the millisecond: the same clock for all
   * processes that share it.
   */
  now(): Promise<Date>
  /** Releases all resources. The store calls it once, when no call is in flight. */
  close(): Promise<void>
}
