// Not the global ones: with fake timers in a caller's test, a blocked statement would delay all
// others.
import { clearTimeout, setTimeout } from 'node:timers'
import { HarborageError, type OperationTrace } from '@harborage/core'
import { currentOperation, shareTrace, turnIfHeld } from '@harborage/core/kit'
import {
  isWriteConflict,
  runWork,
  type PriorAttempts,
  type SqlDatabase,
  type SqlStatement,
  type WorkTraits,
} from '@harborage/core/sql'
import { streamId } from '../internal/stream-id.ts'
import type { CheckedAppend, StreamKey } from '../journal-driver.ts'
import type { AppendResult } from '../journal-record.ts'
import { isUnanswered, priorOf } from './append-failures.ts'
import {
  batchOf,
  columnsOf,
  groupOf,
  MAX_CALLS,
  resultsOf,
  sizeOf,
  type Group,
  type Waiting,
} from './append-groups.ts'
import type { AppendedColumns } from './append-statements.ts'
import { appendStep, blindAppendWork, type ShortenedStream } from './append-work.ts'
import { ExpiringStreams } from './expiring-streams.ts'
import type { SettledAppend } from './locked-stream.ts'
import { MAX_RENEWED } from './renew-work.ts'
import { headOf, streamKeyOf, type HeadColumns } from './rows.ts'
import type { JournalStatements } from './statements.ts'
import { NEVER } from './tables.ts'

/** The smallest number of appends that is sent, by the number of statements in flight. */
const MIN_CALLS: readonly number[] = [1, 12, MAX_CALLS, MAX_CALLS]
/** The time after which a statement no longer delays others: it is blocked. */
const SLOW_MS = 50
/**
 * The most statements with a single entry that may be in flight. They wait for a locked head
 * without a limit of their own, so more of them could take all connections.
 */
const MAX_SINGLES = 2

/** The most bytes that may wait. */
const MAX_WAITING_BYTES = 512 * 1024 * 1024

/** An append that is repeated is recognized by the ids of its entries. */
const APPEND: WorkTraits = {
  name: 'journal_append',
  repeat: 'recognized',
  subject: 'the stream',
}

/**
 * Makes appends that wait together: those of one stream in one step, with one change of its head,
 * and those of many streams in one statement or one commit. The appends of a stream are made in the
 * order of their calls, one step at a time.
 *
 * Appends are made without reading first. If the stream knows an id, nothing of the step is
 * applied, and each stream's appends are decided in a transaction of their own.
 */
export class AppendQueue {
  readonly #database: SqlDatabase
  readonly #statements: JournalStatements
  readonly #changed: (key: StreamKey) => void
  /** The waiting appends of each stream, in the order in which the streams are served. */
  readonly #waiting = new Map<string, Waiting[]>()
  /** The streams with a step in flight. */
  readonly #busy = new Set<string>()
  /** The number of shared statements in flight that are not slow. */
  #inFlight = 0
  #singles = 0
  readonly #expiring = new ExpiringStreams()
  #bytes = 0
  #isFlushDue = false

  /** @param changed Called with each stream that was appended to. */
  constructor(
    database: SqlDatabase,
    statements: JournalStatements,
    changed: (key: StreamKey) => void,
  ) {
    this.#database = database
    this.#statements = statements
    this.#changed = changed
  }

  /**
   * Appends and resolves to the result.
   *
   * @throws `idempotency_conflict`, `condition_failed`; `store_unavailable` if too many bytes wait.
   */
  append(append: CheckedAppend): Promise<AppendResult> {
    const bytes = sizeOf(append)
    if (this.#bytes > 0 && this.#bytes + bytes > MAX_WAITING_BYTES) throw tooMany()
    this.#bytes += bytes
    const { promise, resolve, reject } = Promise.withResolvers<AppendResult>()
    const id = streamId(append)
    const waiting = this.#waiting.get(id) ?? []
    waiting.push({ append, bytes, operation: currentOperation(), resolve, reject })
    this.#waiting.set(id, waiting)
    this.#flushSoon()
    return promise
  }

  /** Makes appends after this tick, so that callers that were just answered can join. */
  #flushSoon(): void {
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    process.nextTick(() => {
      this.#isFlushDue = false
      this.#flush()
    })
  }

  #flush(): void {
    const small: Group[] = []
    let calls = 0
    for (const [id, waiting] of this.#waiting) {
      if (this.#busy.has(id)) continue
      const group = groupOf(id, waiting)
      if (group === undefined) continue
      if (group.kind === 'small' && this.#statements.appendAll !== undefined) {
        small.push(group)
        calls += group.calls.length
      } else {
        this.#take(group)
        void this.#settle(group, () => this.#runByItself(group))
      }
    }
    this.#flushSmall(small, calls)
  }

  /** Sends small groups together, if there are enough of them. */
  #flushSmall(small: readonly Group[], calls: number): void {
    let left = [...small]
    let waiting = calls
    while (left.length > 0 && waiting >= (MIN_CALLS[this.#inFlight] ?? Infinity)) {
      // The callers of one half are answered while the server works on the other.
      const half = Math.ceil(waiting / 2)
      const isSplit = this.#inFlight === 0 && half >= (MIN_CALLS[1] ?? 0)
      const batch = batchOf(left, isSplit ? Math.min(half, MAX_CALLS) : MAX_CALLS)
      for (const group of batch) {
        this.#take(group)
        waiting -= group.calls.length
      }
      left = left.slice(batch.length)
      void this.#send(batch)
    }
  }

  /** Removes the calls of a group from those that wait. */
  #take({ id, calls }: Group): void {
    this.#busy.add(id)
    const left = this.#waiting.get(id)?.slice(calls.length) ?? []
    this.#waiting.delete(id)
    // At the end: the other streams are served first.
    if (left.length > 0) this.#waiting.set(id, left)
  }

  /** Appends groups as one statement. Never rejects. */
  async #send(batch: readonly Group[]): Promise<void> {
    const calls = batch.reduce((sum, group) => sum + group.calls.length, 0)
    const since = performance.now()
    const end = this.#begin()
    try {
      const heads = await shareTrace(operationsOf(batch), () => this.#appendAll(batch))
      for (const group of batch) {
        const head = heads.get(group.id)
        this.#expiring.note(group.id, head?.expires_at !== NEVER)
        if (head === undefined) this.#runAgain(group)
        else this.#answer(group, resultsOf(group, headOf(head)), calls)
      }
    } catch (error) {
      if (isUnanswered(error, since)) for (const group of batch) this.#reject(group, error)
      else for (const group of batch) this.#runAgain(group, priorOf(error))
    } finally {
      end()
      this.#flushSoon()
    }
  }

  /** Counts a statement as in flight until it ends or is slow. Returns what ends it. */
  #begin(): () => void {
    this.#inFlight += 1
    let isCounted = true
    const end = (): void => {
      clearTimeout(timer)
      if (isCounted) this.#inFlight -= 1
      isCounted = false
    }
    const timer = setTimeout(() => {
      end()
      this.#flushSoon()
    }, SLOW_MS)
    return end
  }

  /** Resolves to the heads of the streams by their ids. */
  async #appendAll(batch: readonly Group[]): Promise<ReadonlyMap<string, HeadColumns>> {
    const mayExpire = batch.some(({ id }) => this.#expiring.has(id))
    const { appendAll, appendOne } = mayExpire ? this.#statements.expiring : this.#statements
    if (appendAll === undefined || appendOne === undefined) return new Map()
    // All statements lock heads in the order of their ids.
    const sorted = batch.toSorted((left, right) => (left.id < right.id ? -1 : 1))
    const columns = sorted.flatMap(columnsOf)
    const [only, ...others] = columns
    if (only !== undefined && others.length === 0 && this.#singles < MAX_SINGLES) {
      const [head] = await this.#single(appendOne, only)
      return new Map(head && batch.map(({ id }) => [id, head]))
    }
    const rows = await this.#database.rows(appendAll, columns)
    return new Map(rows.map((row) => [streamId(streamKeyOf(row)), row]))
  }

  async #single(
    appendOne: SqlStatement<AppendedColumns, HeadColumns>,
    entry: AppendedColumns,
  ): Promise<readonly HeadColumns[]> {
    this.#singles += 1
    try {
      return await this.#database.rows(appendOne, entry)
    } finally {
      this.#singles -= 1
    }
  }

  #runAgain(group: Group, prior?: PriorAttempts): void {
    void this.#settle(group, () => this.#decide(group, prior))
  }

  /** Appends a group in a transaction of its own. */
  #runByItself(group: Group): Promise<readonly SettledAppend[]> {
    return group.kind === 'conditional' ? this.#decide(group) : this.#appendBlindly(group)
  }

  async #appendBlindly(group: Group): Promise<readonly SettledAppend[]> {
    const { key, calls } = group
    const entries = calls.flatMap(({ append }) => append.entries)
    // One with an expiry is made by itself.
    const expiresAt = calls[0]?.append.expiresAt
    let wasLost = false
    try {
      const head = await this.#database.transaction(this.#traitsOf(group), (mayBeApplied) => {
        wasLost ||= mayBeApplied
        return blindAppendWork(this.#statements, key, { entries, expiresAt })
      })
      return resultsOf(group, head)
    } catch (error) {
      if (!isWriteConflict(error)) throw error
      return this.#decide(group, wasLost ? { mayBeApplied: true } : undefined)
    }
  }

  /** Decides in one transaction, before which others may shorten a stream that has expired. */
  async #decide(group: Group, prior?: PriorAttempts): Promise<readonly SettledAppend[]> {
    const appends = group.calls.map(({ append }) => append)
    let earlier: ShortenedStream | undefined
    for (;;) {
      const { settled, shortened } = await runWork(
        this.#database,
        this.#traitsOf(group),
        (mayBeApplied) =>
          appendStep(this.#statements, group.key, {
            appends,
            mayBeApplied,
            maxRenewed: MAX_RENEWED,
            earlier,
          }),
        prior,
      )
      if (shortened === undefined) return settled
      earlier = shortened
      const turn = turnIfHeld()
      if (turn !== undefined) await turn
    }
  }

  #traitsOf({ id, bytes }: Group): WorkTraits {
    return { ...APPEND, claim: { keys: [id], bytes } }
  }

  /** Makes a group and answers its calls. Never rejects. */
  async #settle(group: Group, make: () => Promise<readonly SettledAppend[]>): Promise<void> {
    try {
      const settled = await shareTrace(operationsOf([group]), make)
      this.#answer(group, settled, group.calls.length)
    } catch (error) {
      this.#reject(group, error)
    }
    this.#flushSoon()
  }

  /** @param batchSize The number of calls that shared the statement or transaction. */
  #answer(group: Group, settled: readonly SettledAppend[], batchSize: number): void {
    this.#release(group)
    this.#changed(group.key)
    for (const [index, { operation, resolve, reject }] of group.calls.entries()) {
      const answer = settled[index]
      if (operation !== undefined) {
        operation.batchSize = Math.max(operation.batchSize, batchSize)
      }
      if (answer === undefined) continue
      if ('error' in answer) reject(answer.error)
      else resolve(answer.result)
    }
  }

  #reject(group: Group, error: unknown): void {
    this.#release(group)
    for (const { reject } of group.calls) reject(error)
  }

  #release({ id, bytes }: Group): void {
    this.#busy.delete(id)
    this.#bytes -= bytes
  }
}

/** Returns the operations of the calls of groups, if they are traced. */
function operationsOf(groups: readonly Group[]): readonly OperationTrace[] {
  return groups.flatMap(({ calls }) => calls.flatMap(({ operation }) => operation ?? []))
}

function tooMany(): HarborageError {
  return new HarborageError(
    'store_unavailable',
    `appends of ${MAX_WAITING_BYTES} bytes wait for the database already: call again once some have ended, or make fewer calls at a time`,
  )
}
