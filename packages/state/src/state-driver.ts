import type { EventId, Identity, RunIdentity } from '@harborage/core'
import type { SaveOutcome, StateRecord } from './state-record.ts'

/** A slot whose identity and kind were checked. */
export interface SlotKey {
  readonly identity: Required<RunIdentity>
  readonly kind: string
}

/** What a slot has to hold: an event id, `null` for nothing, `undefined` for anything. */
export type Condition = EventId | null | undefined

/** A checked transaction: one tenant, at least one entry, no slot twice among the changes or the expectations. */
export interface CheckedTransaction {
  readonly expect: readonly CheckedExpectation[]
  readonly save: readonly StateRecord[]
  readonly delete: readonly SlotKey[]
}

/** A checked expectation of a {@link CheckedTransaction}. */
export interface CheckedExpectation extends SlotKey {
  readonly eventId: EventId | null
}

/** Which page of one identity's records is wanted. */
export interface ListPage {
  readonly identity: Required<RunIdentity>
  readonly kindPrefix: string
  /** The kind of the last record of the page before, or `undefined` for the first page. */
  readonly after: string | undefined
  /** The most records of the page. */
  readonly limit: number
  /** The page stops with the record with which the bytes of its records come to so many, or later. */
  readonly maxBytes: number
}

/** Which page of all identities' records is wanted. */
export interface ListKindPage {
  readonly kindPrefix: string
  /** The slot of the last record of the page before, or `undefined` for the first page. */
  readonly after: SlotKey | undefined
  /** As in {@link ListPage}. */
  readonly limit: number
  /** As in {@link ListPage}. */
  readonly maxBytes: number
}

/**
 * What the state store needs of a backend. Everything that is handed in was checked and belongs to the driver: no
 * identity is incomplete, no array is shared with the caller. What a driver returns is handed to the caller as it is.
 *
 * Many calls may be in flight at once. A driver may gather their writes into one commit, as long as each keeps its own
 * outcome and resolves only when it is durable. Failures are thrown as errors of `@harborage/core`.
 *
 * Prove a driver with `stateConformance` of `@harborage/conformance/state`.
 */
export interface StateDriver {
  /** Resolves to the record that the slot holds, or `undefined` if it is empty. */
  load(slot: SlotKey): Promise<StateRecord | undefined>
  /** Finds the record that holds the event id, in any run of the session. */
  loadByEventId(identity: Identity, eventId: EventId): Promise<StateRecord | undefined>
  /** Answers, or throws, what `decideSave` says. */
  save(record: StateRecord, condition: Condition): Promise<SaveOutcome>
  /**
   * Empties a slot, its memory of replaced event ids included, and tells whether it held anything. With an event id
   * it throws `condition_failed` if the slot holds another one.
   */
  delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean>
  /**
   * Empties every slot of the session, all runs included, in one step, and counts them. What is
   * written at the same time comes before or after it as a whole.
   */
  deleteScope(identity: Identity): Promise<number>
  /** Applies all of it or nothing, as `decideCommit` says, and answers with one outcome per save. */
  commit(transaction: CheckedTransaction): Promise<readonly SaveOutcome[]>
  /**
   * Records whose kind begins with the prefix, ordered by kind, by bytes. A page of fewer than `limit` records whose
   * `bytes` come to less than `maxBytes` is the last one.
   */
  listPage(page: ListPage): Promise<readonly StateRecord[]>
  /** As {@link listPage} for all identities, ordered by kind, tenant, user, session, run. */
  listKindPage(page: ListKindPage): Promise<readonly StateRecord[]>
  /** Called once, when no call is in flight. */
  close(): Promise<void>
}
