import type { EventId, ListOrder, RunIdentity, Subtree, SubtreeLevel } from '@harborage/core'
import type { DirectoryPage, LoadOutcome, StepSide } from '@harborage/core/kit'
import type { DumpedRecord, JournalPlace } from './dumped-record.ts'
import type {
  AppendResult,
  Entry,
  Followed,
  StreamCursor,
  StreamHead,
  StreamInfo,
  StreamOrder,
} from './journal-record.ts'

/** What names a stream. */
export interface StreamKey {
  readonly owner: Required<RunIdentity>
  readonly stream: string
}

/** What tells a head of a stream from any later one. */
export type HeadMark = Pick<StreamHead, 'generation' | 'position'>

/** What tells a head of a stream from any later one, and from one with another expiry. */
export type ExaminedHead = HeadMark & Pick<StreamHead, 'expiresAt'>

/** An entry whose arguments were checked. Its bytes are a copy. */
export interface CheckedEntry {
  readonly entryId: EventId
  readonly type: string
  readonly bytes: Uint8Array
  readonly createdAt: Date
}

/** An append whose arguments were checked: it has entries, and no id twice. */
export interface CheckedAppend extends StreamKey {
  readonly entries: readonly CheckedEntry[]
  /** `undefined` for any position. */
  readonly ifPosition: number | undefined
  /** The expiry that the stream gets, `null` for none; `undefined` to leave it as it is. */
  readonly expiresAt: Date | null | undefined
}

/** A change of the expiry of a stream whose arguments were checked. */
export interface CheckedTouch extends StreamKey {
  readonly ifHead: HeadMark
  /** `undefined` for none. */
  readonly expiresAt: Date | undefined
}

/** A replacement whose arguments were checked: no id occurs twice, `position` <= `ifPosition`. */
export interface CheckedReplacement extends StreamKey {
  /** The position after which everything is dropped. */
  readonly position: number
  readonly entries: readonly CheckedEntry[]
  readonly operationId: EventId
  /** The SHA-256 of what the replacement says, in base64. */
  readonly digest: string
  /** The position that the head has to have. */
  readonly ifPosition: number
}

/** A change of one stream as a part of a step. */
export type JournalPart =
  | { readonly kind: 'append'; readonly append: CheckedAppend }
  | { readonly kind: 'replace'; readonly replacement: CheckedReplacement }

/** The result of a {@link JournalPart}: that of the append or of the replacement. */
export type JournalPartResult = AppendResult | StreamHead

/** The parameters of {@link JournalDriver.readPage}. */
export interface ReadPage extends StreamKey {
  /** The first position of the read. */
  readonly from: number
  /** The first position beyond the read. */
  readonly to: number
  readonly order: ListOrder
  /** The last entry of the previous page, or `undefined` for the first page. */
  readonly after: StreamCursor | undefined
  /** The largest number of entries in the page. */
  readonly limit: number
  /** The bytes with which the page may end. */
  readonly maxBytes: number
}

/** The parameters of {@link JournalDriver.followPage}. */
export interface FollowPage extends StreamKey {
  readonly after: StreamCursor
  /** The largest number of entries and replacements in the page. */
  readonly limit: number
  /** The bytes with which the page may end. */
  readonly maxBytes: number
}

/** An entry with its generation, as a driver returns it. */
export interface LocatedEntry extends Entry {
  readonly generation: string
}

/** The parameters of {@link JournalDriver.streamsPage}. */
export interface StreamsPage {
  /**
   * The root within which streams are wanted. With the level `run`, only those of exactly that
   * owner, whose `runId`, `sessionId` and `userId` may be `''`.
   */
  readonly within: Required<RunIdentity>
  readonly level: SubtreeLevel
  readonly prefix: string
  readonly order: StreamOrder
  /** Whether streams that have expired are wanted, too. */
  readonly withExpired: boolean
  /** The `place` of the last stream of the previous page; `undefined` for the first page. */
  readonly after: StreamPlace | undefined
  /** The largest number of streams in the page. */
  readonly limit: number
}

/** Where a stream is in a walk over streams. */
export interface StreamPlace extends StreamKey {
  /** The time by which `'recent'` orders, in milliseconds since 1970. */
  readonly recentAt: number
}

/** A stream as a page of streams has it. */
export interface FoundStream extends StreamInfo {
  readonly place: StreamPlace
  /** Whether it has expired, by the clock of the database. */
  readonly isExpired: boolean
}

/** What was deleted of a user or a tenant in one step. */
export interface DeletedStreams {
  /** The number of deleted streams. */
  readonly deleted: number
  /** Where the batch ended; `undefined` if it was the last one. */
  readonly last: StreamKey | undefined
}

/** The parameters of {@link JournalDriver.dumpPage}. */
export interface JournalDumpPage {
  /** The place of the last record of the previous page, or `undefined` for the first page. */
  readonly after: JournalPlace | undefined
  /** The largest number of records in the page. */
  readonly limit: number
  /** The bytes with which the page may end. */
  readonly maxBytes: number
}

/** A watch on one stream, for one follower. */
export interface StreamSubscription {
  /**
   * Resolves once the stream may have changed from what was seen, or was changed by this process
   * since the last call. It may resolve too often.
   *
   * @param seen What the follower has seen; `undefined` if there was no stream.
   * @throws The error of the database, if it cannot be asked.
   */
  next(seen: StreamCursor | undefined): Promise<void>
  /** Ends the watch. A pending `next` never settles after that. */
  close(): void
}

/**
 * The storage backend of a `JournalStore`: it appends to streams and reads them. The store checks
 * all arguments first. Throw failures as `HarborageError` of `@harborage/core`.
 *
 * A stream whose `expiresAt` has come, by the clock of the database, is hidden: `head`, the first
 * page of a read, `get` and `trim` take it for absent. Other pages of a read or of a follower go on
 * up to what was there. What the stream remembers is not hidden: `hiddenView` shows it to a
 * decision. If that writes, the stream begins anew in the same step: it gets another generation,
 * goes on after the positions that it had, and remembers the ids of all that is dropped.
 *
 * Test a driver with `journalConformance` of `@harborage/conformance/journal`.
 */
export interface JournalDriver {
  /**
   * Appends entries as `decideAppend` decides, in one atomic step. The new ones get positions in a
   * row, above that of every append that was acknowledged before the call.
   *
   * @throws `idempotency_conflict`, `condition_failed`.
   */
  append(append: CheckedAppend): Promise<AppendResult>
  /**
   * Drops and appends as `decideReplacement` decides, in one atomic step.
   *
   * @throws `idempotency_conflict`, `condition_failed`.
   */
  replaceAfter(replacement: CheckedReplacement): Promise<StreamHead>
  /**
   * Changes the expiry of a stream, and nothing else of it. Returns or throws what `decideTouch`
   * does.
   */
  touch(touch: CheckedTouch): Promise<boolean>
  /** Resolves to the head of a stream, or to `undefined` if there is none. */
  head(key: StreamKey): Promise<StreamHead | undefined>
  /**
   * Resolves to the next entries in the order of positions, or in the reverse order. A page is
   * taken to be the last one if it has fewer than `limit` entries and fewer than `maxBytes` bytes.
   * All pages after the first are of the generation of the first.
   */
  readPage(page: ReadPage): Promise<readonly LocatedEntry[]>
  /**
   * Resolves to the next entries and replacements of a generation after a position. They are none
   * if there is no such generation. A page may end before `limit` if it has `maxBytes` bytes.
   */
  followPage(page: FollowPage): Promise<readonly Followed[]>
  /**
   * Resolves to the entries with these ids, in their order; `undefined` if they hold more than
   * `maxBytes` in all.
   */
  get(
    key: StreamKey,
    entryIds: readonly EventId[],
    maxBytes: number,
  ): Promise<readonly (Entry | undefined)[] | undefined>
  /**
   * Drops every entry before a position, and resolves to the number of dropped ones. It may take
   * several steps, each of which is atomic.
   */
  trim(key: StreamKey, before: number): Promise<number>
  /**
   * Deletes a stream with all that is remembered of it, also if it has expired. Resolves to whether
   * there was one.
   *
   * @param ifHead Deletes it only while it has the generation, the position and the expiry of this
   * head. Default: deletes it in any case.
   */
  delete(key: StreamKey, ifHead?: ExaminedHead): Promise<boolean>
  /**
   * The side that takes part in steps. Parts about one stream are applied in their order. Default:
   * none, and `commitTogether` refuses parts of this driver.
   */
  readonly steps?: StepSide<JournalPart, JournalPartResult> | undefined
  /**
   * Called after the commit of a step that changed a stream, so that its followers wake at once.
   * Default: they notice by themselves.
   */
  changed?(key: StreamKey): void
  /** Watches a stream for a follower. */
  watch(key: StreamKey): StreamSubscription
  /** Resolves to the next streams of an owner or a subtree. */
  streamsPage(page: StreamsPage): Promise<readonly FoundStream[]>
  /** Deletes all streams of a run or a session in one atomic step, and resolves to their number. */
  deleteAll(subtree: Subtree<'run' | 'session'>): Promise<number>
  /** Deletes the next streams of a user or a tenant in one atomic step. */
  deleteBatch(batch: {
    readonly subtree: Subtree<'user' | 'tenant'>
    /** The `last` of the previous batch, or `undefined` for the first batch. */
    readonly after: StreamKey | undefined
    /** The number of heads and entries with which the batch ends. It may have more. */
    readonly limit: number
  }): Promise<DeletedStreams>
  /** Resolves to the number of streams of the subtree. */
  countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number>
  /**
   * Resolves to the next distinct tenants, users, sessions or runs that own a stream or contain an
   * owner of one, in the order of `compareOwners`.
   */
  directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]>
  /**
   * Resolves to the next records of all streams, ordered by owner and name. After the head of a
   * stream come its rows in the order of their positions, which are negative for dropped entries. A
   * page is taken to be the last one if it has fewer than `limit` records and fewer than `maxBytes`
   * bytes.
   */
  dumpPage(page: JournalDumpPage): Promise<readonly DumpedRecord[]>
  /**
   * Writes records of a dump where there are none, so that every later call has the result that it
   * would have had where they come from. Of a stream, its head comes before its rows, in the same
   * call or an earlier one: a row has the generation of the head that is there, or is a conflict.
   *
   * @returns One outcome for each record, in their order.
   */
  loadDump(records: readonly DumpedRecord[]): Promise<readonly LoadOutcome[]>
  /** Releases all resources. The store calls it once, when no call is in flight. */
  close(): Promise<void>
}
