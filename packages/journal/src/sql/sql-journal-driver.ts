import type { EventId, RunIdentity, Subtree } from '@harborage/core'
import {
  turnIfHeld,
  type DirectoryPage,
  type LoadOutcome,
  type StepSide,
} from '@harborage/core/kit'
import {
  fillPage,
  ownerColumns,
  prefixUpperBound,
  readDirectory,
  runWork,
  type SqlDatabase,
  type SqlSteps,
  type WorkTraits,
} from '@harborage/core/sql'
import type { DumpedRecord } from '../dumped-record.ts'
import { streamId } from '../internal/stream-id.ts'
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
  StreamPlace,
  StreamsPage,
  StreamSubscription,
} from '../journal-driver.ts'
import type { AppendResult, Entry, Followed, StreamHead } from '../journal-record.ts'
import type { StreamWatch } from '../stream-watch.ts'
import { AppendQueue } from './append-queue.ts'
import { BEGINNING, deleteAllWork, deleteEachWork, deleteWork } from './delete-work.ts'
import { dumpPage } from './dump.ts'
import { getEntries } from './get-entries.ts'
import { journalParticipant } from './journal-participant.ts'
import { loadDump } from './load-dump.ts'
import { removeOrphans } from './orphans.ts'
import { pagedEntries, rangeOf } from './paged-entries.ts'
import { MAX_RENEWED } from './renew-work.ts'
import { replaceStep } from './replace-work.ts'
import { entryOf, followedOf, headOf, streamColumns, streamKeyOf } from './rows.ts'
import { compileJournalStatements, type JournalStatements } from './statements.ts'
import type { AfterColumns, FoundColumns, StreamsParameters } from './stream-statements.ts'
import { NEVER } from './tables.ts'
import { touchWork } from './touch-work.ts'
import { trimWork } from './trim-work.ts'
import { watchOf } from './watch-of.ts'

/** A replacement that is repeated is recognized by its operation id. */
const REPLACE: WorkTraits = {
  name: 'journal_replace',
  repeat: 'recognized',
  subject: 'the stream',
}

/** A repeated trim could drop what others have appended to a new stream. */
const TRIM: WorkTraits = { name: 'journal_trim', repeat: 'never', subject: 'the stream' }

/** A repeated touch could undo that of another caller. */
const TOUCH: WorkTraits = { name: 'journal_touch_stream', repeat: 'never', subject: 'the stream' }

/** A repeated deletion would remove what others have appended since. */
const DELETE: WorkTraits = {
  name: 'journal_delete',
  repeat: 'never',
  subject: 'a stream that is deleted',
}

/**
 * Stores streams in two tables of an SQL database: a row for each head and one for each entry. A
 * change of a stream locks its head until the commit, so positions become visible in their order.
 */
export class SqlJournalDriver implements JournalDriver {
  readonly #database: SqlDatabase
  readonly #statements: JournalStatements
  readonly #watch: StreamWatch
  readonly #appends: AppendQueue

  readonly steps: StepSide<JournalPart, JournalPartResult>

  /** @param pollMs The time between two polls of followers. Default: 200. */
  constructor(database: SqlDatabase, steps: SqlSteps, pollMs?: number) {
    this.#database = database
    this.#statements = compileJournalStatements(database)
    this.#watch = watchOf(database, this.#statements, pollMs)
    this.steps = steps.side(journalParticipant(this.#statements))
    this.#appends = new AppendQueue(database, this.#statements, (key) => this.#watch.changed(key))
  }

  async append(append: CheckedAppend): Promise<AppendResult> {
    return this.#appends.append(append)
  }

  async replaceAfter(replacement: CheckedReplacement): Promise<StreamHead> {
    for (;;) {
      const head = await this.#change(REPLACE, replacement, (mayBeApplied) =>
        replaceStep(this.#statements, replacement, { mayBeApplied, maxRenewed: MAX_RENEWED }),
      )
      this.#watch.changed(replacement)
      if (head !== undefined) return head
      const turn = turnIfHeld()
      if (turn !== undefined) await turn
    }
  }

  async touch(touch: CheckedTouch): Promise<boolean> {
    const isTouched = await this.#change(TOUCH, touch, (mayBeApplied) =>
      touchWork(this.#statements, touch, mayBeApplied),
    )
    this.#watch.changed(touch)
    return isTouched
  }

  async head(key: StreamKey): Promise<StreamHead | undefined> {
    const at = streamColumns(key)
    const [held] = await this.#database.rows(this.#statements.heldHead, at)
    // Postgres sets up the condition of `head` for each call. Only what expires pays for it.
    const [row] =
      held === undefined || held.expires_at === NEVER
        ? [held]
        : await this.#database.rows(this.#statements.head, at)
    return row && headOf(row)
  }

  async readPage(page: ReadPage): Promise<readonly LocatedEntry[]> {
    const { order } = page
    const { page: read, pageSizes } = this.#statements
    const rows = await fillPage(
      page,
      pagedEntries(
        (after, limit, inlineBytes) =>
          this.#database.rows(read[order], {
            ...rangeOf(page, after ?? page.after),
            limit,
            inline_bytes: inlineBytes,
          }),
        (after, limit) =>
          this.#database.rows(pageSizes[order], { ...rangeOf(page, after ?? page.after), limit }),
      ),
    )
    return rows.map(entryOf)
  }

  async followPage(page: FollowPage): Promise<readonly Followed[]> {
    const { follow, followSizes } = this.#statements
    const range = { ...page, from: 0, to: Number.MAX_SAFE_INTEGER, order: 'ascending' } as const
    const rows = await fillPage(
      page,
      pagedEntries(
        (after, limit, inlineBytes) =>
          this.#database.rows(follow, {
            ...rangeOf(range, after ?? page.after),
            limit,
            inline_bytes: inlineBytes,
          }),
        (after, limit) =>
          this.#database.rows(followSizes, { ...rangeOf(range, after ?? page.after), limit }),
      ),
    )
    return rows.map(followedOf)
  }

  async get(
    key: StreamKey,
    entryIds: readonly EventId[],
    maxBytes: number,
  ): Promise<readonly (Entry | undefined)[] | undefined> {
    return getEntries(this.#database, this.#statements, key, entryIds, maxBytes)
  }

  async trim(key: StreamKey, before: number): Promise<number> {
    let dropped = 0
    let generation: string | undefined
    do {
      const turn = turnIfHeld()
      if (turn !== undefined) await turn
      const step = await this.#change(TRIM, key, (mayBeApplied) =>
        trimWork(this.#statements, key, before, generation, mayBeApplied),
      )
      dropped += step.dropped
      generation = step.next
    } while (generation !== undefined)
    return dropped
  }

  async delete(key: StreamKey, ifHead?: ExaminedHead): Promise<boolean> {
    const isDeleted = await this.#change(DELETE, key, (mayBeApplied) =>
      deleteWork(this.#statements, key, mayBeApplied, ifHead),
    )
    this.#watch.changed(key)
    return isDeleted
  }

  changed(key: StreamKey): void {
    this.#watch.changed(key)
  }

  watch(key: StreamKey): StreamSubscription {
    return this.#watch.watch(key)
  }

  async streamsPage(page: StreamsPage): Promise<readonly FoundStream[]> {
    const { level, order, after, limit } = page
    const { byName, byRecency } = this.#statements
    const statement = order === 'name' ? byName[level] : byRecency[level]
    const rows = await this.#database.rows(statement, {
      ...streamsIn(page.within, page.prefix),
      with_expired: page.withExpired ? 1 : 0,
      ...(after === undefined ? BEGINNING : placeAfter(after)),
      limit,
    })
    return rows.map(foundOf)
  }

  async deleteAll(subtree: Subtree<'run' | 'session'>): Promise<number> {
    const deleted = await runWork(this.#database, DELETE, (mayBeApplied) =>
      deleteAllWork(this.#statements, subtree, mayBeApplied),
    )
    return this.#announce(deleted)
  }

  async deleteBatch(batch: Parameters<JournalDriver['deleteBatch']>[0]): Promise<DeletedStreams> {
    const deleted = await this.#deleteStreams(batch)
    const { level, tenantId } = batch.subtree
    if (deleted.last === undefined && level === 'tenant') {
      await removeOrphans(this.#database, this.#statements, tenantId)
    }
    return deleted
  }

  async #deleteStreams({
    subtree,
    after,
    limit,
  }: Parameters<JournalDriver['deleteBatch']>[0]): Promise<DeletedStreams> {
    const found = await this.#database.rows(this.#statements.byName[subtree.level], {
      ...streamsIn(subtree, ''),
      with_expired: 1,
      ...(after === undefined ? BEGINNING : placeAfter({ ...after, recentAt: 0 })),
      limit,
    })
    let rows = 0
    const enough = found.findIndex(({ length }) => (rows += 1 + length) >= limit)
    const keys = (enough === -1 ? found : found.slice(0, enough + 1)).map(streamKeyOf)
    if (keys.length === 0) return { deleted: 0, last: undefined }
    const deleted = await runWork(this.#database, DELETE, (mayBeApplied) =>
      deleteEachWork(this.#statements, keys, mayBeApplied),
    )
    const isLast = keys.length === found.length && found.length < limit
    return { deleted: this.#announce(deleted), last: isLast ? undefined : keys.at(-1) }
  }

  async countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number> {
    const [row] = await this.#database.rows(this.#statements.countAll[subtree.level], {
      ...ownerColumns(subtree),
      stream: '',
    })
    return Number(row?.count ?? 0)
  }

  async directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    return readDirectory(this.#database, this.#statements.directory, page)
  }

  async dumpPage(page: JournalDumpPage): Promise<readonly DumpedRecord[]> {
    return dumpPage(this.#database, this.#statements.dump, page)
  }

  async loadDump(records: readonly DumpedRecord[]): Promise<readonly LoadOutcome[]> {
    return loadDump(this.#database, this.#statements.dump, records)
  }

  /** Does nothing, since the database belongs to the store or to the caller. */
  async close(): Promise<void> {}

  /** Changes one stream. The changes of this process wait for each other without a connection. */
  #change<Result>(
    traits: WorkTraits,
    key: StreamKey,
    work: Parameters<typeof runWork<Result>>[2],
  ): Promise<Result> {
    return runWork(this.#database, { ...traits, claim: { keys: [streamId(key)], bytes: 0 } }, work)
  }

  #announce(deleted: readonly StreamKey[]): number {
    for (const key of deleted) this.#watch.changed(key)
    return deleted.length
  }
}

function streamsIn(
  within: Required<RunIdentity>,
  prefix: string,
): Omit<StreamsParameters, keyof AfterColumns | 'with_expired' | 'limit'> {
  return {
    ...ownerColumns(within),
    stream: '',
    from_stream: prefix,
    end_stream: prefixUpperBound(prefix),
  }
}

function placeAfter({ owner, stream, recentAt }: StreamPlace): AfterColumns {
  return {
    after_user_id: owner.userId,
    after_session_id: owner.sessionId,
    after_run_id: owner.runId,
    after_stream: stream,
    after_recent_at: recentAt,
  }
}

function foundOf(row: FoundColumns): FoundStream {
  const { owner, stream } = streamKeyOf(row)
  const place = { owner: { ...owner }, stream, recentAt: row.recent_at }
  return { owner, stream, head: headOf(row), place, isExpired: row.is_expired === 1 }
}
