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
  clockOfMachine,
} from '@harborage/core/kit'
import { compareSlots } from './compare-slots.ts'
import {
  decideCommit,
  decideDelete,
  decideSave,
  decideTouch,
  slotId,
  type Generation,
  type SlotDecision,
  type SlotView,
} from './decide.ts'
import { decideParts, refuseOverlaps } from './decide-parts.ts'
import type { DumpedSlot } from './dumped-slot.ts'
import { HeldRecord } from './internal/held-record.ts'
import { isInSession, slotsInRange, type RangeWalk } from './internal/slots-in-range.ts'
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
  PrunableSlot,
  PrunePage,
  SlotKey,
  StateDriver,
  StatePart,
  Touch,
} from './state-driver.ts'
import type { CommitOutcome, SaveOutcome, StateKey, StateRecord } from './state-record.ts'

/** Options of {@link InMemoryStateDriver}. */
export interface InMemoryDriverOptions extends StateDriverOptions {
  /**
   * Returns the time by which leases and records expire, in milliseconds since 1970. Default: for
   * records the clock of the machine; for leases the clock of the process, which no one can set
   * while it runs.
   */
  readonly clock?: () => number
}

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
  /** By which records expire. */
  readonly #clock: () => number
  /** By which leases expire. */
  readonly #leaseClock: () => number
  readonly steps: StepSide<StatePart, CommitOutcome> = inMemorySide((parts) => this.#stage(parts))

  constructor(options?: InMemoryDriverOptions) {
    this.#hasKindIndex = options?.kindIndex ?? true
    this.#clock = options?.clock ?? clockOfMachine
    this.#leaseClock = options?.clock ?? clockOfProcess
  }

  async load(slot: SlotKey): Promise<StateRecord | undefined> {
    return this.#visible(slotId(slot))?.copy()
  }

  async loadMany(
    slots: readonly SlotKey[],
    maxBytes: number,
  ): Promise<readonly (StateRecord | undefined)[] | undefined> {
    const now = this.#clock()
    const held = slots.map((slot) => this.#visible(slotId(slot), now))
    const bytes = held.reduce((sum, each) => sum + (each?.bytes.byteLength ?? 0), 0)
    return bytes > maxBytes ? undefined : held.map((each) => each?.copy())
  }

  async loadByEventId(identity: Identity, eventId: EventId): Promise<StateRecord | undefined> {
    const holder = this.#holders.get(holderId(identity.tenantId, eventId))
    const held = holder === undefined ? undefined : this.#visible(holder)
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

  async touch({ slot, ifEventId, expiresAt }: Touch): Promise<boolean> {
    const id = slotId(slot)
    const held = this.#slots.get(id)
    const isTouched = decideTouch(this.generationOf(slot), ifEventId)
    if (isTouched && held !== undefined) this.#slots.set(id, held.touched(expiresAt))
    return isTouched
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

  async prunePage({ subtree, after, limit }: PrunePage): Promise<readonly PrunableSlot[]> {
    const now = this.#clock()
    return this.#slotsWithin(subtree)
      .filter((slot) => after === undefined || compareInDump(slot, after) > 0)
      .toSorted(compareInDump)
      .slice(0, limit)
      .flatMap((slot) => this.#slots.get(slotId(slot))?.prunableAt(now) ?? [])
  }

  async prune(slots: readonly PrunableSlot[]): Promise<number> {
    const unchanged = this.unchanged(slots)
    for (const slot of unchanged) this.#remove(slot)
    return unchanged.length
  }

  /** Returns those slots that still hold what {@link prunePage} found. */
  unchanged(slots: readonly PrunableSlot[]): readonly PrunableSlot[] {
    return slots.filter((slot) => this.#slots.get(slotId(slot))?.isStill(slot))
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

  async now(): Promise<Date> {
    return new Date(this.#leaseClock())
  }

  async close(): Promise<void> {
    this.#slots.clear()
    this.#order.clear()
    this.#holders.clear()
  }

  generationOf(slot: SlotKey): Generation | undefined {
    return this.#slots.get(slotId(slot))?.generationAt(this.#clock())
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

  slotsUnder({ identity, kindPrefix }: CheckedPrefix): Iterable<SlotKey> {
    const range = { identity, kindPrefix, from: undefined, to: undefined }
    return slotsInRange(this.#order, range, { order: 'ascending', after: undefined })
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
    this.#fill(record, HeldRecord.after(replaced, record, this.#clock()))
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

  /** Returns what a slot holds, unless that has expired. `now` is in milliseconds since 1970. */
  #visible(id: string, now = this.#clock()): HeldRecord | undefined {
    const held = this.#slots.get(id)
    return held?.isExpired(now) === true ? undefined : held
  }

  /** Yields the records in a range that have not expired. */
  *#inRange(range: KindRange, walk: RangeWalk): Iterable<HeldRecord> {
    const now = this.#clock()
    for (const slot of slotsInRange(this.#order, range, walk)) {
      const held = this.#visible(slotId(slot), now)
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
    const now = this.#clock()
    for (const slot of slots) {
      if (!slot.kind.startsWith(kindPrefix)) return
      const held = this.#visible(slotId(slot), now)
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

/** Reads the clock that no one can set while the process runs. */
function clockOfProcess(): number {
  return performance.timeOrigin + performance.now()
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
