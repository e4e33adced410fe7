import { currentOperation, type OperationTrace } from '@harborage/core'
import type { CompiledSql, SqlBatch, SqlStatement } from '@harborage/core/sql'
import { PostgresFailure } from './postgres-failure.ts'
import type { StatementResult } from './statement-runner.ts'

/** Runs a statement on a connection of the pool. It throws PostgresFailure. */
export type RunStatement = (statement: CompiledSql, values: unknown[]) => Promise<StatementResult>

/** A statement that has a batch form; what its parameters are is its own affair. */
export interface BatchedStatement extends SqlStatement<unknown, unknown> {
  readonly batch: SqlBatch<unknown>
}

export function hasBatch(statement: SqlStatement<unknown, unknown>): statement is BatchedStatement {
  return statement.batch !== undefined
}

/** The most calls of one batch. */
const MAX_CALLS = 64
/** So many calls are worth a statement and a commit of their own beside another flush. */
const WORTHWHILE_CALLS = 12
/** The most flushes that are on their way at a time; beside two others only a full batch goes. */
const MAX_FLUSHES = 4
/** The most bytes that the calls of one batch send. */
const MAX_BYTES = 256 * 1024
/** From so many bytes on a call goes alone: parsing and copying them cost more than a round trip. */
const LARGE_BYTES = 8 * 1024
/** A flush that takes longer waits for a lock, or for a server that is gone; later calls do not wait for it. */
const SLOW_FLUSH_MS = 50

interface GatheredCall {
  readonly parameters: unknown
  readonly keys: readonly string[]
  readonly bytes: number
  readonly operation: OperationTrace | undefined
  readonly resolve: (changes: number) => void
  readonly reject: (failure: unknown) => void
}

/** Calls that go together, and the keys of all of them. */
interface Flush {
  readonly calls: readonly GatheredCall[]
  readonly keys: ReadonlySet<string>
  isSlow: boolean
}

/**
 * The calls of one statement. While flushes are on their way, later calls gather and go as one statement, in the order of
 * their keys: every commit costs the server the same, however many rows it brings. Many callers make two flushes, which
 * take turns: one at the server while those of the other make their next calls. Of calls with a common key the later one
 * waits for the answer to the earlier one. A lone call goes at once, and a large one, too.
 */
export class WriteBatches {
  readonly #statement: BatchedStatement
  readonly #run: RunStatement
  #gathered: GatheredCall[] = []
  /**
   * Those on their way, each with a set of its own: one that keys come into and go from all the time would keep garbage
   * alive, as each table that V8 has replaced by a longer or shorter one holds on to the next.
   */
  #flushes: readonly Flush[] = []
  #isFlushDue = false

  constructor(statement: BatchedStatement, run: RunStatement) {
    this.#statement = statement
    this.#run = run
  }

  /**
   * Makes a call and gives how many rows it changed. It ends as if it had been made by itself.
   *
   * @throws PostgresFailure
   */
  changes(parameters: unknown): Promise<number> {
    const { batch } = this.#statement
    const bytes = batch.sizeOf(parameters)
    if (bytes >= LARGE_BYTES) return this.#runAlone(parameters)
    const keys = batch.keysOf(parameters)
    if (this.#isHeldUp({ keys })) return this.#runAlone(parameters)
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const operation = currentOperation()
    this.#gathered.push({ parameters, keys, bytes, operation, resolve, reject })
    this.#flushSoon()
    return promise
  }

  /** Lets those who were answered just now make their next calls first, so that they go together. */
  #flushSoon(): void {
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    process.nextTick(() => {
      this.#isFlushDue = false
      this.#flushIfFree()
    })
  }

  #flushIfFree(): void {
    while (this.#mayFlush()) {
      const flush = this.#takeBatch()
      if (flush.calls.length === 0) return
      this.#flushes = [...this.#flushes, flush]
      void this.#complete(flush)
    }
  }

  #mayFlush(): boolean {
    const waiting = this.#gathered.length
    if (this.#onTheirWay === 0) return waiting > 0
    if (this.#onTheirWay === 1) return waiting >= WORTHWHILE_CALLS
    return waiting >= MAX_CALLS && this.#onTheirWay < MAX_FLUSHES
  }

  /** How many flushes are on their way, without those that are slow. */
  get #onTheirWay(): number {
    return this.#flushes.filter(({ isSlow }) => !isSlow).length
  }

  /** Half of what waits if that is worth it, so that the server works on one half while callers hear of the other. */
  #batchSize(): number {
    const half = Math.ceil(this.#gathered.length / 2)
    const isSplit = this.#onTheirWay === 0 && half >= WORTHWHILE_CALLS
    return isSplit ? Math.min(half, MAX_CALLS) : MAX_CALLS
  }

  /** Takes calls that have no key in common with each other or with those on their way; the order per key is kept. */
  #takeBatch(): Flush {
    const calls: GatheredCall[] = []
    const keys = new Set<string>()
    const left: GatheredCall[] = []
    const leftKeys = new Set<string>()
    const isTaken = (key: string): boolean =>
      keys.has(key) || leftKeys.has(key) || this.#flushes.some((flush) => flush.keys.has(key))
    const most = this.#batchSize()
    let bytes = 0
    for (const call of this.#gathered) {
      const fits = calls.length === 0 || (calls.length < most && bytes + call.bytes <= MAX_BYTES)
      if (fits && !call.keys.some(isTaken)) {
        calls.push(call)
        bytes += call.bytes
        for (const key of call.keys) keys.add(key)
      } else {
        left.push(call)
        for (const key of call.keys) leftKeys.add(key)
      }
    }
    this.#gathered = left
    return { calls, keys, isSlow: false }
  }

  async #complete(flush: Flush): Promise<void> {
    const slow = setTimeout(() => this.#passBy(flush), SLOW_FLUSH_MS)
    await this.#settle(flush.calls)
    clearTimeout(slow)
    this.#flushes = this.#flushes.filter((other) => other !== flush)
    this.#flushSoon()
  }

  /** Lets the other calls go on without waiting for a slow flush, each that has a key of it by itself. */
  #passBy(flush: Flush): void {
    flush.isSlow = true
    const gathered = Map.groupBy(this.#gathered, (call) => this.#isHeldUp(call))
    this.#gathered = gathered.get(false) ?? []
    for (const call of gathered.get(true) ?? []) void this.#settleAlone(call)
    this.#flushIfFree()
  }

  /** A call that would wait for a slow flush takes no others along. */
  #isHeldUp({ keys }: Pick<GatheredCall, 'keys'>): boolean {
    return this.#flushes.some((flush) => flush.isSlow && keys.some((key) => flush.keys.has(key)))
  }

  /** Makes the calls and gives each its answer; it never throws. */
  async #settle(calls: readonly GatheredCall[]): Promise<void> {
    const [first] = calls
    if (first !== undefined && calls.length === 1) return this.#settleAlone(first)
    try {
      const written = await this.#runTogether(calls)
      for (const { parameters, operation, resolve } of calls) {
        if (operation !== undefined) operation.batchSize = calls.length
        resolve(written.has(this.#statement.batch.nameOf(parameters)) ? 1 : 0)
      }
    } catch (error) {
      if (error instanceof PostgresFailure && !error.mayPass && !error.isUnsent) {
        // The statement failed as a whole, so nothing was applied: each call has to get its own answer.
        await Promise.all(calls.map((call) => this.#settleAlone(call)))
      } else for (const { reject } of calls) reject(error)
    }
  }

  async #settleAlone({ parameters, resolve, reject }: GatheredCall): Promise<void> {
    await this.#runAlone(parameters).then(resolve, reject)
  }

  async #runAlone(parameters: unknown): Promise<number> {
    const { rowCount } = await this.#run(this.#statement, this.#statement.bind(parameters))
    return rowCount ?? 0
  }

  /** Gives the names of the rows that were written. */
  async #runTogether(calls: readonly GatheredCall[]): Promise<ReadonlySet<string>> {
    const { batch } = this.#statement
    const sorted = calls.toSorted(byFirstKey).map(({ parameters }) => parameters)
    const values = batch.bindAll(sorted)
    const { rows } = await this.#run(batch, values)
    // What the statement returns of a row are the columns that its name is made of.
    return new Set(rows.map((row) => batch.nameOf(row)))
  }
}

function byFirstKey(
  { keys: [left = ''] }: GatheredCall,
  { keys: [right = ''] }: GatheredCall,
): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}
