import { compareNames, type EventId, type Identity, type RunIdentity } from '@harborage/core'
import {
  decideCommit,
  decideDelete,
  decideSave,
  slotId,
  type Generation,
  type SlotView,
} from './decide.ts'
import type {
  CheckedTransaction,
  Condition,
  ListKindPage,
  ListPage,
  SlotKey,
  StateDriver,
} from './state-driver.ts'
import { REMEMBERED_EVENT_IDS, type SaveOutcome, type StateRecord } from './state-record.ts'

/**
 * Keeps the records of one process in memory, without durability: the default driver, and the model that every other
 * driver is checked against.
 */
export class InMemoryStateDriver implements StateDriver, SlotView {
  readonly #slots = new Map<string, HeldRecord>()
  /** The slot that holds each event id, by tenant and event id. */
  readonly #holders = new Map<string, string>()

  async load(slot: SlotKey): Promise<StateRecord | undefined> {
    return this.#slots.get(slotId(slot))?.copy()
  }

  async loadByEventId(identity: Identity, eventId: EventId): Promise<StateRecord | undefined> {
    const holder = this.#holders.get(holderId(identity.tenantId, eventId))
    const held = holder === undefined ? undefined : this.#slots.get(holder)
    return held !== undefined && isInSession(held.record, identity) ? held.copy() : undefined
  }

  async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    const outcome = decideSave(this, record, condition)
    if (outcome === 'saved') this.#write(record)
    return outcome
  }

  async delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    const isThere = decideDelete(this.generationOf(slot), ifEventId)
    if (isThere) this.#remove(slotId(slot))
    return isThere
  }

  async deleteScope(identity: Identity): Promise<number> {
    const ids = [...this.#slots]
      .filter(([, held]) => isInSession(held.record, identity))
      .map(([id]) => id)
    for (const id of ids) this.#remove(id)
    return ids.length
  }

  async commit(transaction: CheckedTransaction): Promise<readonly SaveOutcome[]> {
    const { outcomes, apply } = decideCommit(this, transaction)
    if (apply) {
      for (const slot of transaction.delete) this.#remove(slotId(slot))
      transaction.save.forEach((record, index) => {
        if (outcomes[index] === 'saved') this.#write(record)
      })
    }
    return outcomes
  }

  async listPage(page: ListPage): Promise<readonly StateRecord[]> {
    const { identity, kindPrefix, after, limit } = page
    return this.#page(
      limit,
      (record) =>
        record.kind.startsWith(kindPrefix) &&
        isInSession(record, identity) &&
        record.identity.runId === identity.runId &&
        (after === undefined || compareNames(record.kind, after) > 0),
    )
  }

  async listKindPage({ kindPrefix, after, limit }: ListKindPage): Promise<readonly StateRecord[]> {
    return this.#page(
      limit,
      (record) =>
        record.kind.startsWith(kindPrefix) &&
        (after === undefined || compareSlots(record, after) > 0),
    )
  }

  async close(): Promise<void> {
    this.#slots.clear()
    this.#holders.clear()
  }

  generationOf(slot: SlotKey): Generation | undefined {
    return this.#slots.get(slotId(slot))
  }

  isHeldElsewhere(record: StateRecord): boolean {
    const holder = this.#holders.get(holderId(record.identity.tenantId, record.eventId))
    return holder !== undefined && holder !== slotId(record)
  }

  #write(record: StateRecord): void {
    const id = slotId(record)
    const replaced = this.#slots.get(id)
    this.#remove(id)
    this.#slots.set(id, new HeldRecord(record, replaced))
    this.#holders.set(holderId(record.identity.tenantId, record.eventId), id)
  }

  #remove(id: string): void {
    const held = this.#slots.get(id)
    if (held === undefined) return
    this.#slots.delete(id)
    this.#holders.delete(holderId(held.record.identity.tenantId, held.eventId))
  }

  #page(limit: number, matches: (record: StateRecord) => boolean): StateRecord[] {
    return [...this.#slots.values()]
      .filter((held) => matches(held.record))
      .sort((left, right) => compareSlots(left.record, right.record))
      .slice(0, limit)
      .map((held) => held.copy())
  }
}

/** What one slot holds, with the event ids that it has replaced, newest first. */
class HeldRecord implements Generation {
  readonly record: StateRecord
  readonly #replaced: readonly EventId[]

  constructor(record: StateRecord, previous: HeldRecord | undefined) {
    this.record = record
    this.#replaced =
      previous === undefined
        ? []
        : [previous.eventId, ...previous.#replaced].slice(0, REMEMBERED_EVENT_IDS)
  }

  get eventId(): EventId {
    return this.record.eventId
  }

  get version(): number {
    return this.record.version
  }

  get bytes(): Uint8Array {
    return this.record.bytes
  }

  hasReplaced(eventId: EventId): boolean {
    return this.#replaced.includes(eventId)
  }

  /** A copy that the caller may change. */
  copy(): StateRecord {
    const { identity, bytes, updatedAt } = this.record
    return {
      ...this.record,
      identity: { ...identity },
      bytes: new Uint8Array(bytes),
      updatedAt: new Date(updatedAt),
    }
  }
}

function holderId(tenantId: string, eventId: EventId): string {
  return JSON.stringify([tenantId, eventId])
}

function isInSession({ identity }: SlotKey, { tenantId, userId, sessionId }: Identity): boolean {
  return (
    identity.tenantId === tenantId && identity.userId === userId && identity.sessionId === sessionId
  )
}

function compareSlots(left: SlotKey, right: SlotKey): number {
  return compareNames(left.kind, right.kind) || compareIdentities(left.identity, right.identity)
}

function compareIdentities(left: Required<RunIdentity>, right: Required<RunIdentity>): number {
  return (
    compareNames(left.tenantId, right.tenantId) ||
    compareNames(left.userId, right.userId) ||
    compareNames(left.sessionId, right.sessionId) ||
    compareNames(left.runId, right.runId)
  )
}
