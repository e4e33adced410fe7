import type { EventId, Identity } from '@harborage/core'
import { compareNames, SortedOrder } from '@harborage/core/kit'
import { compareSlots } from './compare-slots.ts'
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
 * Keeps records in the memory of one process, without durability. It is the default driver, and the
 * reference that the conformance suite compares every other driver with.
 */
export class InMemoryStateDriver implements StateDriver, SlotView {
  readonly #slots = new Map<string, HeldRecord>()
  /** The slots that are not empty, in the order of `listKind`. */
  readonly #order = new SortedOrder<SlotKey>({ compare: compareSlots, idOf: slotId })
  /** The id of the slot that holds an event id, by tenant and event id. */
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
    if (isThere) this.#remove(slot)
    return isThere
  }

  async deleteScope(identity: Identity): Promise<number> {
    const slots = [...this.#slots.values()]
      .map((held) => held.record)
      .filter((record) => isInSession(record, identity))
    for (const slot of slots) this.#remove(slot)
    return slots.length
  }

  async commit(transaction: CheckedTransaction): Promise<readonly SaveOutcome[]> {
    const { outcomes, apply } = decideCommit(this, transaction)
    if (apply) {
      for (const slot of transaction.delete) this.#remove(slot)
      transaction.save.forEach((record, index) => {
        if (outcomes[index] === 'saved') this.#write(record)
      })
    }
    return outcomes
  }

  async listPage(page: ListPage): Promise<readonly StateRecord[]> {
    const { identity, after } = page
    return this.#page(
      page,
      ({ kind }) => after === undefined || compareNames(kind, after) > 0,
      (slot) => slot.identity.runId === identity.runId && isInSession(slot, identity),
    )
  }

  async listKindPage(page: ListKindPage): Promise<readonly StateRecord[]> {
    const { after } = page
    return this.#page(
      page,
      (slot) => after === undefined || compareSlots(slot, after) > 0,
      () => true,
    )
  }

  async close(): Promise<void> {
    this.#slots.clear()
    this.#order.clear()
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
    this.#remove(record)
    this.#slots.set(id, new HeldRecord(record, replaced))
    this.#holders.set(holderId(record.identity.tenantId, record.eventId), id)
    this.#order.add({ identity: record.identity, kind: record.kind })
  }

  #remove(slot: SlotKey): void {
    const id = slotId(slot)
    const held = this.#slots.get(id)
    if (held === undefined) return
    this.#slots.delete(id)
    this.#holders.delete(holderId(slot.identity.tenantId, held.eventId))
    this.#order.remove(slot)
  }

  #page(
    { kindPrefix, limit, maxBytes }: Pick<ListPage, 'kindPrefix' | 'limit' | 'maxBytes'>,
    isAfter: (slot: SlotKey) => boolean,
    matches: (slot: SlotKey) => boolean,
  ): StateRecord[] {
    const slots = this.#order.from(
      (slot) => compareNames(slot.kind, kindPrefix) >= 0 && isAfter(slot),
    )
    const page: StateRecord[] = []
    let bytes = 0
    for (const slot of slots) {
      if (!slot.kind.startsWith(kindPrefix)) break
      const held = matches(slot) ? this.#slots.get(slotId(slot)) : undefined
      if (held === undefined) continue
      bytes += held.bytes.byteLength
      if (page.push(held.copy()) >= limit || bytes >= maxBytes) break
    }
    return page
  }
}

/** A stored record, with the event ids that its slot has replaced. */
class HeldRecord implements Generation {
  readonly record: StateRecord
  /** Newest first. */
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

  /** Returns a copy that the caller may change. */
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
