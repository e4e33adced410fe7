import { setTimeout as delay } from 'node:timers/promises'
import type { PostgresConfig } from '@harborage/driver-postgres'
import { Pool } from 'pg'

import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { TcpProxy } from '@harborage/test-kit/postgres/tcp-proxy'
import type { Figures } from '../../harness/fault-row.ts'
import { figures, sumOf } from '../../harness/figures.ts'
import { hangLimit } from '../../harness/this-build.ts'
import type { Caller } from '../../harness/workload/caller.ts'
import { callersOn } from '../../harness/workload/callers.ts'
import { openInTime, openPostgresStores, type Stores } from '../../harness/workload/stores.ts'
import { Tally, type Expectations } from '../../harness/workload/tally.ts'

const MAX = 4
/**
 * Of a broken build: far above the limits of a hasty lane, and far below what a call takes that has
 * none.
 */
const DEADLINE_MS = hangLimit(5_000)
const ROUNDS_OF_CALLERS = 10

/** The time limits of a lane's database. */
export type LaneLimits = Required<
  Pick<PostgresConfig, 'connectionTimeoutMs' | 'queryTimeoutMs' | 'retryTimeoutMs'>
>

/** Those of a lane whose calls may not fail. */
export const patientLimits: LaneLimits = {
  connectionTimeoutMs: DEADLINE_MS,
  queryTimeoutMs: DEADLINE_MS,
  retryTimeoutMs: DEADLINE_MS,
}

/** The callers of one database, all of which meet the same fault. */
export class Lane {
  readonly pool: Pool
  readonly proxy: TcpProxy
  readonly name: string
  readonly dsn: string
  readonly #stores: Stores
  readonly #expects: Expectations
  readonly #reader: Stores
  readonly #opened: AsyncDisposableStack
  readonly #tally = new Tally()
  readonly #found: Figures[] = []
  #callers: readonly Caller[] = []
  #rounds = 0

  private constructor(
    opened: AsyncDisposableStack,
    parts: Pick<Lane, 'pool' | 'proxy' | 'name' | 'dsn'> & {
      stores: Stores
      reader: Stores
      expects: Expectations
    },
  ) {
    this.#opened = opened
    this.pool = parts.pool
    this.proxy = parts.proxy
    this.name = parts.name
    this.dsn = parts.dsn
    this.#stores = parts.stores
    this.#expects = parts.expects
    this.#reader = parts.reader
  }

  static async open(name: string, dsn: string, limits: LaneLimits): Promise<Lane> {
    const opened = new AsyncDisposableStack()
    const proxy = opened.use(await TcpProxy.start(dsn))
    const own = new URL(proxy.dsn)
    own.searchParams.set('application_name', name)
    if (name.includes('lock timeout')) own.searchParams.set('options', '-c lock_timeout=300')
    const pool = new Pool({ connectionString: own.href, max: MAX })
    opened.defer(() => pool.end())
    // Half of the lanes are on a pool that the caller made, without any of these times.
    const place = name.includes('own pool') ? { dsn: own.href, max: MAX } : { pool }
    const stores = opened.use(await openInTime({ ...place, ...limits }))
    const reader = opened.use(await openPostgresStores({ dsn }))
    // A busy machine may exceed the limits of a hasty lane without any fault.
    const expects: Expectations = { errors: limits === patientLimits ? 'none' : 'typed' }
    return new Lane(opened, { pool, proxy, name, dsn, stores, reader, expects })
  }

  /** Texts of which each is in the statements of one of its callers. */
  get marks(): readonly string[] {
    return this.#callers.map(({ mark }) => mark)
  }

  /** Lets every caller make a call during the fault, ends the fault, and lets them continue. */
  async round(begin: () => Promise<() => Promise<void>>): Promise<void> {
    if (this.#rounds % ROUNDS_OF_CALLERS === 0) await this.#beginAnew()
    this.#rounds += 1
    const end = await begin()
    const calls = this.#callers.map((caller) => ({ caller, operation: caller.next() }))
    const errors = await Promise.all(
      calls.map(({ caller, operation }) => this.#tally.attempt(caller, operation, DEADLINE_MS)),
    )
    await end()
    await Promise.all(
      calls.map(async ({ caller, operation }, index) => {
        if (errors[index] !== undefined) await this.#goOn(caller, operation, errors[index])
      }),
    )
    await this.#mustHaveGivenBack()
  }

  /** Runs a round with a momentary fault. */
  async interruptedRound(interrupt: () => Promise<void>): Promise<void> {
    if (this.#rounds % ROUNDS_OF_CALLERS === 0) await this.#beginAnew()
    this.#rounds += 1
    await interrupt()
    await this.#callAll()
    await this.#mustHaveGivenBack()
  }

  /** Closes everything, and resolves to the findings. */
  async finish(): Promise<Figures> {
    await this.#check()
    let isClosed = false
    const closed = this.#opened.disposeAsync().then(() => (isClosed = true))
    await this.#until(async () => isClosed, 'does not close')
    if (isClosed) await closed
    await this.#until(async () => (await this.#backends()) === 0, 'left connections behind')
    return sumOf([...this.#found, this.#tally.take(), figures({ rounds: this.#rounds })])
  }

  async #beginAnew(): Promise<void> {
    await this.#check()
    this.#callers = callersOn(this.#stores, `${this.name} ${this.#rounds}`)
    await this.#callAll()
  }

  async #callAll(): Promise<void> {
    await Promise.all(
      this.#callers.map((caller) => this.#tally.acknowledge(caller, caller.next(), this.#expects)),
    )
  }

  async #goOn(
    caller: Caller,
    operation: ReturnType<Caller['next']>,
    error: unknown,
  ): Promise<void> {
    const isSaidNotToBe =
      error instanceof Error && 'code' in error && error.code === 'store_unavailable'
    if (isSaidNotToBe && (await operation.isApplied(this.#reader))) {
      this.#tally.note(`${this.name}, ${caller.name}: applied, although the error says it was not`)
    }
    await this.#tally.acknowledge(caller, operation, { errors: 'typed', forMs: DEADLINE_MS })
  }

  async #check(): Promise<void> {
    for (const caller of this.#callers) this.#found.push(await caller.check(this.#reader))
  }

  async #mustHaveGivenBack(): Promise<void> {
    const { pool } = this
    const isBack = (): boolean => pool.waitingCount === 0 && pool.idleCount === pool.totalCount
    await this.#until(async () => isBack(), 'did not give back its clients')
    await this.#until(
      async () => (await this.#backends()) <= MAX,
      'keeps more connections than allowed',
    )
  }

  async #until(holds: () => Promise<boolean>, complaint: string): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS
    while (!(await holds())) {
      if (performance.now() > deadline) {
        this.#tally.note(`${this.name}: ${complaint}`)
        return
      }
      await delay(20)
    }
  }

  async #backends(): Promise<number> {
    const [row] = await queryPostgres<{ count: number }>(
      this.dsn,
      'select count(*)::int as count from pg_stat_activity where application_name = $1',
      [this.name],
    )
    return row?.count ?? 0
  }
}
