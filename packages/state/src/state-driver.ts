import type { EventId, Identity, RunIdentity } from '@harborage/core'
import type { SaveOutcome, StateRecord } from './state-record.ts'

/** A slot with a checked identity and kind. */
export interface SlotKey {
  readonly identity: Required<RunIdentity>
  readonly kind: string
}

/**
 * A precondition on a slot: the event id that it has to hold, `null` if it has to be empty,
 * `undefined` for none.
 */
export type Condition = EventId | null | undefined

/**
 * A checked transaction. It has at least one entry, all entries are of one tenant, and no slot
 * occurs twice among the expectations or twice among the changes.
 */
export interface CheckedTransaction {
  readonly expect: readonly CheckedExpectation[]
  readonly save: readonly StateRecord[]
  readonly delete: readonly SlotKey[]
}

/** An expectation of a {@link CheckedTransaction}. */
export interface CheckedExpectation extends SlotKey {
  /** The event id that the slot has to hold; `null` if it has to be empty. */
  readonly eventId: EventId | null
}

/** The parameters of {@link StateDriver.listPage}. */
export interface ListPage {
  readonly identity: Required<RunIdentity>
  readonly kindPrefix: string
  /** The kind of the last record of the previous page, or `undefined` for the first page. */
  readonly after: string | undefined
  /** The largest number of records in the page. */
  readonly limit: number
  /** The page may end once the `bytes` of its records add up to this number or more. */
  readonly maxBytes: number
}

/** The parameters of {@link StateDriver.listKindPage}. */
export interface ListKindPage {
  readonly kindPrefix: string
  /** The slot of the last record of the previous page, or `undefined` for the first page. */
  readonly after: SlotKey | undefined
  /** The same as in {@link ListPage}. */
  readonly limit: number
  /** The same as in {@link ListPage}. */
  readonly maxBytes: number
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
 * Test a driver with `stateConformance` of `@harborage/conformance/state`.
 */
export interface StateDriver {
  /** Returns what the slot holds, or `undefined` if it is empty. */
  load(slot: SlotKey): Promise<StateRecord | undefined>
  /** Returns the record with this event id in any run of the session, or `undefined`. */
  loadByEventId(identity: Identity, eventId: EventId): Promise<StateRecord | undefined>
  /** Saves a record. Returns or throws what `decideSave` does. */
  save(record: StateRecord, condition: Condition): Promise<SaveOutcome>
  /**
   * Empties a slot, and forgets the event ids that it replaced.
   *
   * @returns Whether the slot held anything.
   * @throws `condition_failed` if `ifEventId` is given and the slot holds another event id.
   */
  delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean>
  /**
   * Empties every slot of the session, of all runs, in one atomic step. A concurrent commit takes
   * effect as a whole before it or after it.
   *
   * @returns The number of slots that held something.
   */
  deleteScope(identity: Identity): Promise<number>
  /**
   * Applies the whole transaction or nothing, as `decideCommit` decides.
   *
   * @returns One outcome per save, in their order.
   */
  commit(transaction: CheckedTransaction): Promise<readonly SaveOutcome[]>
  /**
   * Returns the next records of one run whose kind begins with the prefix, ordered by the UTF-8
   * bytes of the kind. A page is taken to be the last one if it has fewer than `limit` records and
   * fewer than `maxBytes` bytes.
   */
  listPage(page: ListPage): Promise<readonly StateRecord[]>
  /** Returns a page like {@link listPage}, of all identities, in the order of `compareSlots`. */
  listKindPage(page: ListKindPage): Promise<readonly StateRecord[]>
  /** Releases all resources. The store calls it once, when no call is in flight. */
  close(): Promise<void>
}
