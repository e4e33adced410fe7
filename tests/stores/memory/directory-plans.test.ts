import { allOfTenant, allOfUser, createEventBus, type Database } from '@harborage/core'
import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { collect } from '@harborage/test-kit/collect'
import { measure } from '@harborage/test-kit/measure'
import { pagesReadBy } from '@harborage/test-kit/sqlite/pages-read'
import Sqlite from 'better-sqlite3'
import { Client } from 'pg'
import { expect, test } from 'vitest'

import { explain } from '../artifacts/support/explain.ts'
import { recordStatements, type Recorded } from '../artifacts/support/record-statements.ts'
import { openEngine } from './support/open-engine.ts'
import { postgresPlace, sqlitePlace } from './support/places.ts'

const SESSIONS = 20
const OTHERS = measure({ quick: 20_000, full: 1_000_000 })
const OTHER_USERS = 10

const acme = { tenantId: 'acme' }
const ann = { ...acme, userId: 'm-ann' }

/** More than there are of anything, so that one page holds all. */
const options = { pageSize: 1_000 }

/** Reads and fills a database beside the store. */
interface Beside extends AsyncDisposable {
  /** The expression for the bytes of an empty JSON object. */
  readonly bytes: string
  /** Returns the expression for rows whose `i` counts from 0. */
  readonly numbers: (count: number) => string
  readonly run: (sql: string) => Promise<unknown>
  /** Resolves to the number of pages that a statement reads. */
  readonly pagesOf: (statement: Recorded) => Promise<number>
  /** Resolves to whether a statement reads the whole table. */
  readonly readsAll: (statement: Recorded) => Promise<boolean>
}

const engines: readonly {
  readonly name: string
  readonly open: () => Promise<string>
  readonly beside: (dsn: string) => Promise<Beside>
}[] = [
  { name: 'Postgres', open: postgresPlace, beside: besidePostgres },
  // Only Linux counts what a process reads.
  ...(process.platform === 'linux'
    ? [{ name: 'SQLite', open: sqlitePlace, beside: besideSqlite }]
    : []),
]

test.each(engines)(
  'the cost of a directory and of a batch follows what it finds, on $name',
  async ({ open, beside }) => {
    const dsn = await open()
    await using opened = await openEngine(dsn)
    const { database, recorded } = recordStatements(opened)
    await using memory = await openOn(database)
    await using other = await beside(dsn)
    const pagesRead = async (read: () => Promise<unknown>): Promise<number> => {
      recorded.length = 0
      await read()
      // One of conversations, and one of passages.
      expect(recorded).toHaveLength(2)
      let pages = 0
      for (const statement of recorded) pages += await other.pagesOf(statement)
      return pages
    }
    const ofAnn = (): Promise<number> =>
      pagesRead(async () => {
        expect(await collect(memory.sessions(allOfUser(ann), options))).toHaveLength(SESSIONS)
      })

    // Each with one row, so that nothing is passed between two sessions.
    await insert(other, SESSIONS, { tenant: "'acme'", user: "'m-ann'", session: "'s' || i" })
    const alone = await ofAnn()
    const user = `case when i % ${OTHER_USERS} < ${OTHER_USERS / 2} then 'a-' else 'z-' end || (i % ${OTHER_USERS})`
    const session = "'s' || (i % 1000)"
    await insert(other, OTHERS / 2, { tenant: "'acme'", user, session })
    await insert(other, OTHERS / 2, { tenant: "'zenith'", user: "'m-ann'", session })
    // Each session of hers gets more turns, too.
    await insert(other, 100 * SESSIONS, {
      tenant: "'acme'",
      user: "'m-ann'",
      session: `'s' || (i % ${SESSIONS})`,
    })

    // The tree of many rows is one or two levels higher.
    expect(await ofAnn()).toBeLessThanOrEqual(alone + 3 * SESSIONS + 4)
    const users = await pagesRead(async () => {
      const found = await collect(memory.users(allOfTenant(acme), options))
      expect(found).toHaveLength(OTHER_USERS + 1)
    })
    const fewForEach = 5 * (OTHER_USERS + 2)
    expect(users).toBeLessThanOrEqual(fewForEach)
    const sql = "select distinct user_id from memory_state where tenant_id = 'acme'"
    expect(await other.pagesOf({ sql, values: [] })).toBeGreaterThan(fewForEach)
    const tenants = await pagesRead(async () => {
      expect(await collect(memory.tenants({ maintenanceScoped: true }, options))).toHaveLength(2)
    })
    expect(tenants).toBeLessThanOrEqual(5 * 4)

    recorded.length = 0
    await memory.deleteAll(allOfUser({ ...acme, userId: 'z-5' }))
    await memory.deleteAll(allOfTenant({ tenantId: 'none' }))
    expect(recorded.length).toBeGreaterThan(4)
    for (const statement of recorded) expect(await other.readsAll(statement)).toBe(false)
  },
)

function openOn(database: Database): Promise<MemoryStore> {
  return openMemoryStore({ database, strategy: 'truncation', bus: createEventBus() })
}

/** Inserts turns, whose owners are expressions in which `i` counts from 0. */
async function insert(
  { run, bytes, numbers }: Beside,
  count: number,
  { tenant, user, session }: Readonly<Record<'tenant' | 'user' | 'session', string>>,
): Promise<void> {
  await run(
    `insert into memory_state
      (tenant_id, user_id, session_id, run_id, kind, strategy, tokens, updated_at, bytes)
      select ${tenant}, ${user}, ${session}, '', 'memory.turn/${count}/' || i, 'truncation', 1, 0, ${bytes}
      from ${numbers(count)}`,
  )
}

async function besidePostgres(dsn: string): Promise<Beside> {
  const client = new Client({ connectionString: dsn })
  await client.connect()
  return {
    bytes: "'\\x7b7d'",
    numbers: (count) => `generate_series(0, ${count - 1}) as i`,
    async run(sql) {
      await client.query(sql)
      await client.query('vacuum analyze memory_state')
    },
    pagesOf: async (statement) => (await explain(client, statement)).blocks,
    readsAll: async (statement) => (await explain(client, statement)).nodes.includes('Seq Scan'),
    [Symbol.asyncDispose]: () => client.end(),
  }
}

async function besideSqlite(dsn: string): Promise<Beside> {
  const path = dsn.slice('sqlite:'.length)
  return {
    bytes: "x'7b7d'",
    numbers: (count) =>
      `(with recursive n(i) as (select 0 union all select i + 1 from n where i < ${count - 1}) select i from n)`,
    async run(sql) {
      const writer = new Sqlite(path)
      writer.exec(sql)
      writer.pragma('wal_checkpoint(truncate)')
      writer.close()
    },
    pagesOf: async (statement) => pagesReadBy(path, statement),
    async readsAll({ sql, values }) {
      const connection = new Sqlite(path, { readonly: true })
      const plan = connection.prepare(`explain query plan ${sql}`).all(...values)
      connection.close()
      return JSON.stringify(plan).includes('SCAN memory_state')
    },
    async [Symbol.asyncDispose]() {},
  }
}
