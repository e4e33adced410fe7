import type { EventId, Identity, RunIdentity, Subtree } from '@harborage/core'
import {
  compareNames,
  compareOwners,
  directoryOf,
  inMemorySide,
  isWithin,
  SortedOrder,
  type DirectoryPage,
  type LoadOutcome,
  type NamedPart,
  type StagedParts,
  type StepSide,
} from '@harborage/core/kit'
import { compareSlots } from './compare-slots.ts'
import {
  decideCommit,
  decideDelete,
  decideSave,
  slotId,
  type Generation,
  type SlotDecision,
  type SlotView,
} from './decide.ts'
import { decideParts, refuseOverlaps } from './decide-parts.ts'
import type { DumpedSlot } from './dumped-slot.ts'
import { HeldRecord } from './internal/held-record.ts'
import { kindIndexOff, type StateDriverOptions } from './kind-index.ts'
import type {
  CheckedPrefix,
  CheckedRecord,
  CheckedTransaction,
  Condition,
  DeleteBatch,
  DeletedBatch,
  DumpPage,
  KindRange,
  ListKeysPage,
  ListKindPage,
  ListPage,
  SlotKey,
  StateDriver,
  StatePart,
} from './state-driver.ts'
import type { CommitOutcome, SaveOutcome, StateKey, StateRecord } from './state-record.ts'

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
  readonly #hasKindIndex: boolean
  readonly steps: StepSide<StatePart, CommitOutcome> = inMemorySide((parts) => this.#stage(parts))

  constructor(options?: StateDriverOptions) {
    this.#hasKindIndex = options?.kindIndex ?? true
  }

  async load(slot: SlotKey): Promise<StateRecord | undefined> {
    return this.#slots.get(slotId(slot))?.copy()
  }

  async loadMany(
    slots: readonly SlotKey[],
    maxBytes: number,
  ): Promise<readonly (StateRecord | undefined)[] | undefined> {
    const held = slots.map((slot) => this.#slots.get(slotId(slot)))
    const bytes = held.reduce((sum, each) => sum + (each?.bytes.byteLength ?? 0), 0)
    return bytes > maxBytes ? undefined : held.map((each) => each?.copy())
  }

  async loadByEventId(identity: Identity, eventId: EventId): Promise<StateRecord | undefined> {
    const holder = this.#holders.get(holderId(identity.tenantId, eventId))
    const held = holder === undefined ? undefined : this.#slots.get(holder)
    return held !== undefined && isInSession(held.record, identity) ? held.copy() : undefined
  }

  async save(record: CheckedRecord, condition: Condition): Promise<SaveOutcome> {
    const outcome = decideSave(this, record, condition)
    if (outcome === 'saved') this.#write(record)
    return outcome
  }

  async delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    const isThere = decideDelete(this.generationOf(slot), ifEventId)
    if (isThere) this.#remove(slot)
    return isThere
  }

  async deleteAll(subtree: Subtree<'run' | 'session'>): Promise<number> {
    const slots = this.#slotsWithin(subtree)
    for (const slot of slots) this.#remove(slot)
    return slots.length
  }

  async deleteBatch({ subtree, after, limit }: DeleteBatch): Promise<DeletedBatch> {
    const left = this.#slotsWithin(subtree).filter(
      (slot) => after === undefined || compareSlots(slot, after) > 0,
    )
    const slots = left.toSorted(compareSlots).slice(0, limit)
    for (const slot of slots) this.#remove(slot)
    return { deleted: slots.length, last: slots.length < left.length ? slots.at(-1) : undefined }
  }

  async countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number> {
    return this.#slotsWithin(subtree).length
  }

  async commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    const decision = decideCommit(this, transaction)
    this.#apply(decision)
    return decision.outcome
  }

  async listPage(page: ListPage): Promise<readonly StateRecord[]> {
    return pageOf(this.#inRange(page, page), page, copyOf)
  }

  async listKeysPage(page: ListKeysPage): Promise<readonly StateKey[]> {
    const keys: StateKey[] = []
    for (const held of this.#inRange(page, page)) {
      if (keys.push(held.key()) >= page.limit) break
    }
    return keys
  }

  async count(range: KindRange): Promise<number> {
    let count = 0
    for (const _ of this.#inRange(range, { order: 'ascending', after: undefined })) count += 1
    return count
  }

  async listKindPage(page: ListKindPage): Promise<readonly StateRecord[]> {
    if (!this.#hasKindIndex) throw kindIndexOff()
    return pageOf(this.#ofKind(page), page, copyOf)
  }

  async directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    return directoryOf(
      [...this.#slots.values()].map(({ record }) => record.identity),
      page,
    )
  }

  async dumpPage({ after, limit, maxBytes }: DumpPage): Promise<readonly DumpedSlot[]> {
    const left = [...this.#slots.values()]
      .filter(({ record }) => after === undefined || compareInDump(record, after) > 0)
      .toSorted((one, other) => compareInDump(one.record, other.record))
    return pageOf(left, { limit, maxBytes }, (held) => held.dump())
  }

  async loadDump(records: readonly DumpedSlot[]): Promise<readonly LoadOutcome[]> {
    return records.map((record): LoadOutcome => {
      const held = this.#slots.get(slotId(record))
      if (held !== undefined) return held.equals(record) ? 'unchanged' : 'conflict'
      if (this.isHeldElsewhere(record)) return 'conflict'
      this.#fill(record, HeldRecord.ofDump(record))
      return 'loaded'
    })
  }

  /** Reads the clock that no one can set while the process runs. */
  async now(): Promise<Date> {
    return new Date(performance.timeOrigin + performance.now())
  }

  async close(): Promise<void> {
    this.#slots.clear()
    this.#order.clear()
    this.#holders.clear()
  }

  generationOf(slot: SlotKey): Generation | undefined {
    return this.#slots.get(slotId(slot))
  }

  isHeldElsewhere(record: CheckedRecord): boolean {
    const holder = this.#holders.get(holderId(record.identity.tenantId, record.eventId))
    return holder !== undefined && holder !== slotId(record)
  }

  #slotsWithin(subtree: Subtree): SlotKey[] {
    return [...this.#slots.values()]
      .map(({ record }) => ({ identity: record.identity, kind: record.kind }))
      .filter(({ identity }) => isWithin(identity, subtree))
  }

  *slotsUnder({ identity, kindPrefix }: CheckedPrefix): Iterable<SlotKey> {
    const range = { identity, kindPrefix, from: undefined, to: undefined }
    for (const { record } of this.#inRange(range, { order: 'ascending', after: undefined })) {
      yield record
    }
  }

  #stage(parts: readonly NamedPart<StatePart>[]): StagedParts<CommitOutcome> {
    refuseOverlaps(parts)
    const decision = decideParts(this, parts)
    return { results: decision.outcome.results, apply: () => this.#apply(decision) }
  }

  #apply({ write, remove }: SlotDecision<unknown>): void {
    for (const slot of remove) this.#remove(slot)
    for (const record of write) this.#write(record)
  }

  #write(record: CheckedRecord): void {
    const replaced = this.#slots.get(slotId(record))
    this.#remove(record)
    this.#fill(record, HeldRecord.after(replaced, record))
  }

  #fill({ identity, kind, eventId }: CheckedRecord, held: HeldRecord): void {
    const id = slotId({ identity, kind })
    this.#slots.set(id, held)
    this.#holders.set(holderId(identity.tenantId, eventId), id)
    this.#order.add({ identity, kind })
  }

  #remove(slot: SlotKey): void {
    const id = slotId(slot)
    const held = this.#slots.get(id)
    if (held === undefined) return
    this.#slots.delete(id)
    this.#holders.delete(holderId(slot.identity.tenantId, held.eventId))
    this.#order.remove(slot)
  }

  /** Yields the records of one run whose kind is in the range, after a kind. */
  *#inRange(
    { identity, kindPrefix, from = '', to }: KindRange,
    { order, after }: Pick<ListKeysPage, 'order' | 'after'>,
  ): Iterable<HeldRecord> {
    const isBefore = ({ kind }: SlotKey): boolean =>
      compareNames(kind, kindPrefix) < 0 || compareNames(kind, from) < 0
    const isBeyond = ({ kind }: SlotKey): boolean =>
      (to !== undefined && compareNames(kind, to) >= 0) ||
      (compareNames(kind, kindPrefix) > 0 && !kind.startsWith(kindPrefix))
    const isAscending = order === 'ascending'
    const slots = isAscending
      ? this.#order.from(
          (slot) => !isBefore(slot) && (after === undefined || compareNames(slot.kind, after) > 0),
        )
      : this.#order.backFrom(
          (slot) => isBeyond(slot) || (after !== undefined && compareNames(slot.kind, after) >= 0),
        )
    for (const slot of slots) {
      if (isAscending ? isBeyond(slot) : isBefore(slot)) return
      if (slot.identity.runId !== identity.runId || !isInSession(slot, identity)) continue
      const held = this.#slots.get(slotId(slot))
      if (held !== undefined) yield held
    }
  }

  /** Yields the records of all identities whose kind begins with the prefix, after a slot. */
  *#ofKind({ kindPrefix, after }: ListKindPage): Iterable<HeldRecord> {
    const slots = this.#order.from(
      (slot) =>
        compareNames(slot.kind, kindPrefix) >= 0 &&
        (after === undefined || compareSlots(slot, after) > 0),
    )
    for (const slot of slots) {
      if (!slot.kind.startsWith(kindPrefix)) return
      const held = this.#slots.get(slotId(slot))
      if (held !== undefined) yield held
    }
  }
}

/** Returns copies of the first records, up to the limits of a page. */
function pageOf<Copy>(
  records: Iterable<HeldRecord>,
  { limit, maxBytes }: Pick<ListPage, 'limit' | 'maxBytes'>,
  copyOf: (held: HeldRecord) => Copy,
): Copy[] {
  const page: Copy[] = []
  let bytes = 0
  for (const held of records) {
    bytes += held.bytes.byteLength
    if (page.push(copyOf(held)) >= limit || bytes >= maxBytes) break
  }
  return page
}

function copyOf(held: HeldRecord): StateRecord {
  return held.copy()
}

/** Compares two slots in the order of a dump. */
function compareInDump(left: SlotKey, right: SlotKey): number {
  return compareOwners(left.identity, right.identity) || compareNames(left.kind, right.kind)
}

function holderId(tenantId: string, eventId: EventId): string {
  return JSON.stringify([tenantId, eventId])
}

function isInSession({ identity }: SlotKey, { tenantId, userId, sessionId }: Identity): boolean {
  return (
    identity.tenantId === tenantId && identity.userId === userId && identity.sessionId === sessionId
  )
}
