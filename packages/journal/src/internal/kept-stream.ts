import { newEventId, type EventId } from '@harborage/core'
import {
  droppedEntry,
  type HeldEntry,
  type RememberedOperation,
  type ReplacedView,
} from '../decide.ts'
import type { DumpedRecord, DumpedRow, DumpedStream } from '../dumped-record.ts'
import type { CheckedEntry, LocatedEntry, StreamKey } from '../journal-driver.ts'
import {
  REMEMBERED_ENTRY_IDS,
  type FollowedReplacement,
  type StreamHead,
} from '../journal-record.ts'

/** An entry in the memory of the process. */
interface KeptEntry extends CheckedEntry {
  readonly position: number
}

/** A replacement in the memory of the process. */
interface KeptReplacement {
  readonly position: number
  readonly replacedAfter: number
}

type KeptRow = KeptEntry | KeptReplacement

/** The number of dropped ids above which the oldest ones are forgotten. */
const MAX_DROPPED = 2 * REMEMBERED_ENTRY_IDS

/** A stream in the memory of the process. */
export class KeptStream implements ReplacedView {
  readonly key: StreamKey
  readonly generation: string
  position = 0
  operations: readonly RememberedOperation[] = []
  /** When it expires, in milliseconds since 1970; `undefined` if it does not. */
  expiresAt: number | undefined
  /** The time by which streams are ordered, in milliseconds since 1970. */
  recentAt = 0
  #first = 1
  #length = 0
  #updatedAt = 0
  /** In the order of positions. */
  #rows: KeptRow[] = []
  readonly #ids = new Map<EventId, KeptEntry | number>()
  #dropped = 0

  constructor(key: StreamKey, generation: string = newEventId()) {
    this.key = key
    this.generation = generation
  }

  /** Returns a copy, whose changes leave this one as it is. */
  copy(generation: string = this.generation): KeptStream {
    const copy = new KeptStream(this.key, generation)
    copy.position = this.position
    copy.operations = this.operations
    copy.expiresAt = this.expiresAt
    copy.recentAt = this.recentAt
    copy.#first = this.#first
    copy.#length = this.#length
    copy.#updatedAt = this.#updatedAt
    copy.#rows = [...this.#rows]
    for (const [entryId, held] of this.#ids) copy.#ids.set(entryId, held)
    copy.#dropped = this.#dropped
    return copy
  }

  /** Returns the stream as it begins anew after its expiry: it only remembers. */
  renewed(): KeptStream {
    const renewed = this.copy(newEventId())
    renewed.trim(this.position + 1)
    renewed.expiresAt = undefined
    return renewed
  }

  /** Returns whether the stream has expired. `now` is in milliseconds since 1970. */
  isExpired(now: number): boolean {
    return this.expiresAt !== undefined && this.expiresAt <= now
  }

  get lastGiven(): number {
    return this.position
  }

  /** Returns the stream of a dumped head, without rows. */
  static ofDump({
    owner,
    stream,
    generation,
    head,
    recentAt,
    operations,
  }: DumpedStream): KeptStream {
    const kept = new KeptStream({ owner, stream }, generation)
    kept.position = head.position
    kept.operations = operations
    kept.recentAt = recentAt.getTime()
    kept.#first = head.first
    kept.#length = head.length
    kept.#updatedAt = head.updatedAt.getTime()
    kept.expiresAt = head.expiresAt?.getTime()
    return kept
  }

  /** Returns the head for a dump. */
  dumpedHead(): DumpedStream {
    const { generation, ...head } = this.head
    const { owner, stream } = this.key
    const recentAt = new Date(this.recentAt)
    const named = { owner: { ...owner }, stream, generation }
    return { kind: 'stream', ...named, head, recentAt, operations: [...this.operations] }
  }

  /** Yields the head and the rows for a dump. */
  *dumped(): Iterable<DumpedRecord> {
    yield this.dumpedHead()
    yield* this.dumpedRows()
  }

  /** Yields the rows for a dump after a position, in the order of their positions. */
  *dumpedRows(after: number = Number.NEGATIVE_INFINITY): Iterable<DumpedRow> {
    const { generation } = this
    const { owner, stream } = this.key
    const named = { owner: { ...owner }, stream, generation }
    if (after < 0) {
      const dropped = [...this.#ids].flatMap(([entryId, held]) =>
        typeof held === 'number' && -held > after ? [{ position: -held, entryId }] : [],
      )
      dropped.sort((left, right) => left.position - right.position)
      for (const each of dropped) yield { ...named, kind: 'dropped', ...each }
    }
    for (const followed of this.followed(after)) {
      yield isEntry(followed)
        ? { ...followed, ...named, kind: 'entry' }
        : { ...followed, ...named, kind: 'replacement' }
    }
  }

  /** Adds a row of a dump, unless its position or its id is in use. Returns whether it did. */
  load(row: DumpedRow): boolean {
    const isFree =
      row.kind === 'dropped'
        ? ![...this.#ids.values()].includes(-row.position)
        : this.#rows[this.#indexAfter(row.position) - 1]?.position !== row.position
    const isNew = row.kind === 'replacement' || !this.#ids.has(row.entryId)
    if (!isFree || !isNew) return false
    if (row.kind === 'dropped') {
      this.#ids.set(row.entryId, -row.position)
      this.#dropped += 1
      return true
    }
    const { position } = row
    const kept =
      row.kind === 'replacement'
        ? { position, replacedAfter: row.replacedAfter }
        : {
            position,
            entryId: row.entryId,
            type: row.type,
            bytes: row.bytes,
            createdAt: row.createdAt,
          }
    this.#rows.splice(this.#indexAfter(position), 0, kept)
    if (isEntry(kept)) this.#ids.set(kept.entryId, kept)
    return true
  }

  get head(): StreamHead {
    return {
      generation: this.generation,
      first: this.#first,
      position: this.position,
      length: this.#length,
      updatedAt: new Date(this.#updatedAt),
      expiresAt: this.expiresAt === undefined ? undefined : new Date(this.expiresAt),
    }
  }

  heldEntry(entryId: EventId): HeldEntry | undefined {
    const held = this.#ids.get(entryId)
    if (held === undefined) return undefined
    if (typeof held === 'number') return droppedEntry({ position: held })
    return { position: held.position, type: held.type, bytes: held.bytes, isDropped: false }
  }

  /** Returns the entry with the id, unless there is none or it was dropped. */
  entry(entryId: EventId): LocatedEntry | undefined {
    const held = this.#ids.get(entryId)
    return held === undefined || typeof held === 'number' ? undefined : this.#located(held)
  }

  append(entries: readonly CheckedEntry[]): void {
    for (const entry of entries) {
      this.position += 1
      if (typeof this.#ids.get(entry.entryId) === 'number') this.#dropped -= 1
      const kept = { ...entry, position: this.position }
      this.#rows.push(kept)
      this.#ids.set(entry.entryId, kept)
    }
    this.#length += entries.length
    this.#updatedAt = this.recentAt = Date.now()
  }

  /** Drops what is after a position, and puts a replacement there. */
  replaceAfter(position: number): void {
    const end = this.#indexAfter(position)
    const last = this.#rows.slice(0, end).findLastIndex(isEntry)
    // Earlier replacements after the last entry that stays are part of this one.
    this.#drop(last + 1, this.#rows.length)
    this.position += 1
    const replacedAfter = this.#rows.at(-1)?.position ?? this.#first - 1
    this.#rows.push({ position: this.position, replacedAfter })
  }

  /** Drops the entries before a position, and returns their number. */
  trim(before: number): number {
    const first = Math.min(before, this.position + 1)
    if (first <= this.#first) return 0
    this.#first = first
    return this.#drop(0, this.#indexAfter(first - 1))
  }

  /** Returns the entries from a position up to another one. */
  *entries(from: number, to: number): Iterable<LocatedEntry> {
    for (let index = this.#indexAfter(from - 1); index < this.#rows.length; index += 1) {
      const row = this.#rows[index]
      if (row === undefined || row.position >= to) return
      if (isEntry(row)) yield this.#located(row)
    }
  }

  /** Returns the entries from a position up to another one, newest first. */
  *entriesBackwards(from: number, to: number): Iterable<LocatedEntry> {
    for (let index = this.#indexAfter(to - 1) - 1; index >= 0; index -= 1) {
      const row = this.#rows[index]
      if (row === undefined || row.position < from) return
      if (isEntry(row)) yield this.#located(row)
    }
  }

  /** Returns the entries and replacements after a position. */
  *followed(after: number): Iterable<LocatedEntry | FollowedReplacement> {
    for (let index = this.#indexAfter(after); index < this.#rows.length; index += 1) {
      const row = this.#rows[index]
      if (row === undefined) return
      if (isEntry(row)) yield this.#located(row)
      else yield { generation: this.generation, ...row }
    }
  }

  #located({ position, entryId, type, bytes, createdAt }: KeptEntry): LocatedEntry {
    const { generation } = this
    return {
      generation,
      position,
      entryId,
      type,
      bytes: new Uint8Array(bytes),
      createdAt: new Date(createdAt),
    }
  }

  /** Drops a range of rows, and returns the number of entries among them. */
  #drop(from: number, to: number): number {
    let entries = 0
    for (const row of this.#rows.splice(from, to - from)) {
      if (!isEntry(row)) continue
      entries += 1
      this.#ids.set(row.entryId, row.position)
    }
    this.#length -= entries
    this.#dropped += entries
    if (this.#dropped > MAX_DROPPED) this.#forget()
    return entries
  }

  /** Forgets all dropped ids but those of the newest entries. */
  #forget(): void {
    const dropped = [...this.#ids].flatMap(([entryId, held]) =>
      typeof held === 'number' ? [{ entryId, position: held }] : [],
    )
    dropped.sort((left, right) => right.position - left.position)
    for (const { entryId } of dropped.slice(REMEMBERED_ENTRY_IDS)) this.#ids.delete(entryId)
    this.#dropped = Math.min(dropped.length, REMEMBERED_ENTRY_IDS)
  }

  /** Returns the index of the first row after a position. */
  #indexAfter(position: number): number {
    let low = 0
    let high = this.#rows.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#rows[middle]?.position ?? 0) > position) high = middle
      else low = middle + 1
    }
    return low
  }
}

function isEntry<Row extends object>(row: Row): row is Row & CheckedEntry {
  return 'entryId' in row
}
