import type { EventId, RunIdentity, Subtree } from '@harborage/core'
import {
  compareOwners,
  directoryOf,
  inMemorySide,
  inPart,
  isWithin,
  type DirectoryPage,
  type LoadOutcome,
  type NamedPart,
  type PartResult,
  type StagedParts,
  type StepSide,
  clockOfMachine,
} from '@harborage/core/kit'
import type { DumpedRecord, DumpedRow, DumpedStream } from './dumped-record.ts'
import { effectOf } from './internal/append-effect.ts'
import { appendTo, replaceIn, touchStream } from './internal/change-kept-stream.ts'
import { wakeAtExpiry } from './internal/expiry-watch.ts'
import { firstOf } from './internal/first-of.ts'
import { isAsExamined } from './internal/is-at-head.ts'
import { bytesOf, isSameDump } from './internal/is-same-dump.ts'
import { KeptStream } from './internal/kept-stream.ts'
import { streamId } from './internal/stream-id.ts'
import { compareByRecency, compareKeys } from './internal/stream-order.ts'
import { StreamWatch } from './stream-watch.ts'
import type {
  CheckedAppend,
  CheckedReplacement,
  CheckedTouch,
  DeletedStreams,
  ExaminedHead,
  FollowPage,
  FoundStream,
  JournalDriver,
  JournalDumpPage,
  JournalPart,
  JournalPartResult,
  LocatedEntry,
  ReadPage,
  StreamKey,
  StreamsPage,
  StreamSubscription,
} from './journal-driver.ts'
import type { AppendResult, Entry, Followed, StreamHead } from './journal-record.ts'

/** Options of {@link InMemoryJournalDriver}. */
export interface InMemoryJournalOptions {
  /**
   * Returns the time by which streams expire, in milliseconds since 1970. Default: the clock of the
   * machine.
   */
  readonly clock?: () => number
}

/**
 * Keeps streams in the memory of one process, without durability. It is the default driver, and the
 * reference that the conformance suite compares every other driver with.
 */
export class InMemoryJournalDriver implements JournalDriver {
  readonly #streams = new Map<string, KeptStream>()
  readonly #watch = new StreamWatch()
  readonly #clock: () => number
  readonly steps: StepSide<JournalPart, JournalPartResult> = inMemorySide((parts) =>
    this.#stage(parts),
  )

  constructor(options?: InMemoryJournalOptions) {
    this.#clock = options?.clock ?? clockOfMachine
  }

  async append(append: CheckedAppend): Promise<AppendResult> {
    const { owner, stream: name } = append
    const key = { owner, stream: name }
    const held = this.#stream(key) ?? new KeptStream(key)
    const { stream, result } = appendTo(held, append, this.#clock())
    if (stream.position > 0) this.#changed(stream)
    return result
  }

  async replaceAfter(replacement: CheckedReplacement): Promise<StreamHead> {
    const { owner, stream: name } = replacement
    const key = { owner, stream: name }
    const held = this.#stream(key) ?? new KeptStream(key)
    const { stream, result } = replaceIn(held, replacement, this.#clock())
    this.#changed(stream)
    return result
  }

  async touch(touch: CheckedTouch): Promise<boolean> {
    const isTouched = touchStream(this.#visible(touch), touch)
    if (isTouched) this.#watch.changed(touch)
    return isTouched
  }

  async head(key: StreamKey): Promise<StreamHead | undefined> {
    return this.#visible(key)?.head
  }

  async readPage({
    from,
    to,
    order,
    after,
    limit,
    maxBytes,
    ...key
  }: ReadPage): Promise<readonly LocatedEntry[]> {
    const stream = after === undefined ? this.#visible(key) : this.#stream(key)
    if (stream === undefined) return []
    if (after !== undefined && after.generation !== stream.generation) return []
    const entries =
      order === 'ascending'
        ? stream.entries(after === undefined ? from : Math.max(from, after.position + 1), to)
        : stream.entriesBackwards(from, after === undefined ? to : Math.min(to, after.position))
    return firstOf(entries, limit, maxBytes)
  }

  async followPage({ after, limit, maxBytes, ...key }: FollowPage): Promise<readonly Followed[]> {
    const stream = this.#stream(key)
    if (stream === undefined || stream.generation !== after.generation) return []
    return firstOf<Followed>(stream.followed(after.position), limit, maxBytes)
  }

  async get(
    key: StreamKey,
    entryIds: readonly EventId[],
    maxBytes: number,
  ): Promise<readonly (Entry | undefined)[] | undefined> {
    const stream = this.#visible(key)
    let bytes = 0
    const found: (Entry | undefined)[] = []
    for (const entryId of entryIds) {
      const entry = stream?.entry(entryId)
      bytes += entry?.bytes.byteLength ?? 0
      if (bytes > maxBytes) return undefined
      found.push(entry && withoutGeneration(entry))
    }
    return found
  }

  async trim(key: StreamKey, before: number): Promise<number> {
    return this.#visible(key)?.trim(before) ?? 0
  }

  async delete(key: StreamKey, ifHead?: ExaminedHead): Promise<boolean> {
    const head = this.#streams.get(streamId(key))?.head
    if (ifHead !== undefined && !isAsExamined(head, ifHead)) return false
    this.#watch.changed(key)
    return this.#streams.delete(streamId(key))
  }

  watch(key: StreamKey): StreamSubscription {
    return wakeAtExpiry(this.#watch.watch(key), {
      timeLeft: () => {
        const expiresAt = this.#visible(key)?.expiresAt
        return expiresAt === undefined ? undefined : expiresAt - this.#clock()
      },
      wake: () => this.#watch.changed(key),
    })
  }

  async streamsPage({
    within,
    level,
    prefix,
    order,
    withExpired,
    after,
    limit,
  }: StreamsPage): Promise<readonly FoundStream[]> {
    const now = this.#clock()
    const isOwned = (owner: RunIdentity): boolean =>
      level === 'run' ? compareOwners(owner, within) === 0 : isInside(owner, within)
    const compare = order === 'name' ? compareKeys : compareByRecency
    return [...this.#streams.values()]
      .filter(({ key }) => isOwned(key.owner) && key.stream.startsWith(prefix))
      .filter((stream) => withExpired || !stream.isExpired(now))
      .map((stream): FoundStream => {
        const { owner, stream: name } = stream.key
        const place = { owner, stream: name, recentAt: stream.recentAt }
        const isExpired = stream.isExpired(now)
        return { owner: { ...owner }, stream: name, head: stream.head, place, isExpired }
      })
      .filter(({ place }) => after === undefined || compare(place, after) > 0)
      .toSorted((left, right) => compare(left.place, right.place))
      .slice(0, limit)
  }

  async deleteAll(subtree: Subtree<'run' | 'session'>): Promise<number> {
    return this.#deleteEach(this.#keysWithin(subtree))
  }

  async deleteBatch({
    subtree,
    after,
    limit,
  }: Parameters<JournalDriver['deleteBatch']>[0]): Promise<DeletedStreams> {
    const left = this.#keysWithin(subtree)
      .filter((key) => after === undefined || compareKeys(key, after) > 0)
      .toSorted(compareKeys)
    const batch: StreamKey[] = []
    let rows = 0
    for (const key of left) {
      batch.push(key)
      rows += 1 + (this.#stream(key)?.head.length ?? 0)
      if (rows >= limit) break
    }
    const deleted = this.#deleteEach(batch)
    return { deleted, last: batch.length === left.length ? undefined : batch.at(-1) }
  }

  async countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number> {
    return this.#keysWithin(subtree).length
  }

  async directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    return directoryOf(
      [...this.#streams.values()].map(({ key }) => key.owner),
      page,
    )
  }

  async dumpPage({ after, limit, maxBytes }: JournalDumpPage): Promise<readonly DumpedRecord[]> {
    const page: DumpedRecord[] = []
    let bytes = 0
    const streams = [...this.#streams.values()]
      .filter(({ key }) => after === undefined || compareKeys(key, after) >= 0)
      .toSorted((left, right) => compareKeys(left.key, right.key))
    for (const stream of streams) {
      const isOfAfter = after !== undefined && compareKeys(stream.key, after) === 0
      const records = isOfAfter ? stream.dumpedRows(after.position) : stream.dumped()
      for (const record of records) {
        bytes += bytesOf(record).byteLength
        if (page.push(record) >= limit || bytes >= maxBytes) return page
      }
    }
    return page
  }

  async loadDump(records: readonly DumpedRecord[]): Promise<readonly LoadOutcome[]> {
    const heads = records.map((record) =>
      record.kind === 'stream' ? this.#loadHead(record) : undefined,
    )
    return records.map((record, index) =>
      record.kind === 'stream' ? (heads[index] ?? 'conflict') : this.#loadRow(record),
    )
  }

  async close(): Promise<void> {
    this.#streams.clear()
  }

  #stage(parts: readonly NamedPart<JournalPart>[]): StagedParts<JournalPartResult> {
    const now = this.#clock()
    const changed = new Map<string, KeptStream>()
    const results = parts.map(({ name, payload }): PartResult<JournalPartResult> => {
      const { owner, stream } = payload.kind === 'append' ? payload.append : payload.replacement
      const key = { owner, stream }
      const id = streamId(key)
      const kept = changed.get(id) ?? this.#stream(key)?.copy() ?? new KeptStream(key)
      return inPart(name, () => {
        if (payload.kind === 'replace') {
          const { stream: after, result } = replaceIn(kept, payload.replacement, now)
          changed.set(id, after)
          return { result, effect: 'writes' }
        }
        const { stream: after, result } = appendTo(kept, payload.append, now)
        changed.set(id, after)
        return { result, effect: effectOf(result) }
      })
    })
    return {
      results,
      apply: () => {
        for (const stream of changed.values()) if (stream.position > 0) this.#changed(stream)
      },
    }
  }

  #loadHead(record: DumpedStream): LoadOutcome {
    const held = this.#stream(record)
    if (held !== undefined) return isSameDump(held.dumpedHead(), record) ? 'unchanged' : 'conflict'
    const { tenantId } = record.owner
    const isTaken = [...this.#streams.values()].some(
      ({ key, generation }) => key.owner.tenantId === tenantId && generation === record.generation,
    )
    if (isTaken) return 'conflict'
    this.#changed(KeptStream.ofDump(record))
    return 'loaded'
  }

  #loadRow(record: DumpedRow): LoadOutcome {
    const stream = this.#stream(record)
    if (stream?.generation !== record.generation) return 'conflict'
    if (stream.load(record)) return 'loaded'
    for (const held of stream.dumpedRows(record.position - 1)) {
      return isSameDump(held, record) ? 'unchanged' : 'conflict'
    }
    return 'conflict'
  }

  #stream(key: StreamKey): KeptStream | undefined {
    return this.#streams.get(streamId(key))
  }

  /** Returns a stream unless it has expired. */
  #visible(key: StreamKey): KeptStream | undefined {
    const stream = this.#stream(key)
    return stream?.isExpired(this.#clock()) === true ? undefined : stream
  }

  #changed(stream: KeptStream): void {
    this.#streams.set(streamId(stream.key), stream)
    this.#watch.changed(stream.key)
  }

  #keysWithin(subtree: Subtree): StreamKey[] {
    return [...this.#streams.values()]
      .map(({ key }) => key)
      .filter(({ owner }) => isWithin(owner, subtree))
  }

  #deleteEach(keys: readonly StreamKey[]): number {
    for (const key of keys) {
      this.#streams.delete(streamId(key))
      this.#watch.changed(key)
    }
    return keys.length
  }
}

function withoutGeneration(located: LocatedEntry): Entry {
  const { generation: _, ...entry } = located
  return entry
}

/** Returns whether an owner is within a root, whose parts that are `''` do not narrow it. */
function isInside(owner: RunIdentity, root: Required<RunIdentity>): boolean {
  return (
    owner.tenantId === root.tenantId &&
    (root.userId === '' || owner.userId === root.userId) &&
    (root.sessionId === '' || owner.sessionId === root.sessionId) &&
    (root.runId === '' || owner.runId === root.runId)
  )
}
