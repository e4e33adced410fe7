import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type Database, newEventId } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import { openStateStore, type StateStore } from '@harborage/state'
import Sqlite from 'better-sqlite3'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { collect } from '@harborage/test-kit/collect'
import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { explain } from '../artifacts/support/explain.ts'
import { recordStatements, type Recorded } from '../artifacts/support/record-statements.ts'

const FEW = 100
const MANY = 20_000
const LARGE_BYTES = 50_000
const PAGE_BYTES = 4_096

const session = { userId: 'u', sessionId: 's' }
const few = { ...session, tenantId: 'few' }
const many = { ...session, tenantId: 'many' }
const large = { ...session, tenantId: 'large' }
const newest = { order: 'descending', limit: 20 } as const

/** A store, the statements that it ran, and what counts the pages that one of them reads. */
interface Counted {
  readonly state: StateStore
  readonly recorded: Recorded[]
  readonly pagesOf: (statement: Recorded) => Promise<number>
}

/** Resolves to the number of pages that the only statement of a call reads. */
async function pagesRead(
  { state, recorded, pagesOf }: Counted,
  call: (state: StateStore) => Promise<unknown>,
): Promise<number> {
  recorded.length = 0
  await call(state)
  expect(recorded).toHaveLength(1)
  const [statement] = recorded
  if (statement === undefined) throw new Error('nothing was read')
  return pagesOf(statement)
}

function checkPages(counted: () => Counted): void {
  test.each(['list', 'listKeys'] as const)(
    '%s of the newest 20 of many records reads as many pages as of few',
    async (method) => {
      const newestOf = (identity: typeof few) =>
        pagesRead(counted(), async (state) => {
          expect(await collect<unknown>(state[method](identity, '', newest))).toHaveLength(20)
        })
      const ofFew = await newestOf(few)
      // The tree of many records is one or two levels higher.
      expect(await newestOf(many)).toBeLessThanOrEqual(ofFew + 4)
      const all = await pagesRead(counted(), (state) => state.count(many, ''))
      expect(all).toBeGreaterThan(10 * ofFew)
    },
  )

  test('a list from the middle of many records begins there', async () => {
    const some = await pagesRead(counted(), async (state) => {
      const options = { from: 'k10000', limit: 20 }
      const [first] = await collect(state.list(many, 'k', options))
      expect(first?.kind).toBe('k10000')
    })
    expect(some).toBeLessThan(40)
  })

  test('listKeys reads no payload', async () => {
    const keysOf = (identity: typeof few) =>
      pagesRead(counted(), async (state) => {
        expect(await collect(state.listKeys(identity, '', { limit: 20 }))).toHaveLength(20)
      })
    const ofSmall = await keysOf(few)
    // A few pages more, since the rows themselves lie farther apart.
    expect(await keysOf(large)).toBeLessThanOrEqual(ofSmall + 25)
    const withPayload = await pagesRead(counted(), (state) =>
      collect(state.list(large, '', { limit: 20 })),
    )
    expect(withPayload).toBeGreaterThan(100)
  })

  test('loadMany reads as many pages among many records as among few, a few for each slot', async () => {
    const slotsOf = (identity: typeof few) =>
      Array.from({ length: 10 }, (_, index) => ({ identity, kind: `k${10_000 + index}` }))
    const loadOf = (identity: typeof few) =>
      pagesRead(counted(), async (state) => {
        const records = await state.loadMany(slotsOf(identity))
        expect(records.every((record) => record !== undefined)).toBe(true)
      })
    expect(await loadOf(many)).toBeLessThanOrEqual((await loadOf(few)) + 2 * 10)
  })
}

describe('on Postgres', () => {
  let created: TestDatabase
  let opened: Database
  let client: Client
  let counted: Counted
  beforeAll(async () => {
    created = await createDatabase()
    opened = await openPostgres({ dsn: created.dsn })
    const { database, recorded } = recordStatements(opened)
    const state = await openStateStore({ database })
    client = new Client({ connectionString: created.dsn })
    await client.connect()
    for (const [tenant, count] of [
      ['few', FEW],
      ['many', MANY],
    ] as const) {
      await client.query(
        `insert into state_records
         select '${tenant}', 'u', 's', '', 'k' || 10000 + i, '${tenant}' || i, 0, 0, '${tenant}' || i || ',', '\\x00'
         from generate_series(0, ${count - 1}) as i`,
      )
    }
    await saveLarge(state)
    await client.query('vacuum analyze state_records')
    const pagesOf = async (statement: Recorded) => (await explain(client, statement)).blocks
    counted = { state, recorded, pagesOf }
  })
  afterAll(async () => {
    await client.end()
    await counted.state.close()
    await opened.close()
    await created.drop()
  })

  checkPages(() => counted)

  test('loadMany does not compute the size of all records unless one of them is large', async () => {
    counted.recorded.length = 0
    await counted.state.loadMany([{ identity: few, kind: 'k10000' }])
    const [statement] = counted.recorded
    if (statement === undefined) throw new Error('nothing was read')
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain (analyze) ${statement.sql}`,
      [...statement.values],
    )
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toMatch(/Aggregate .*\(never executed\)/)
    expect(plan).not.toContain('Seq Scan')
  })
})

// Only Linux counts what a process reads.
if (process.platform === 'linux') {
  describe('on SQLite', () => {
    let counted: Counted
    let opened: Database
    let folder: string
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'harborage-plans-'))
      const path = join(folder, 'plans.db')
      opened = await openSqlite({ dsn: `sqlite:${path}` })
      const { database, recorded } = recordStatements(opened)
      const state = await openStateStore({ database })
      const writer = new Sqlite(path)
      for (const [tenant, count] of [
        ['few', FEW],
        ['many', MANY],
      ] as const) {
        writer.exec(
          `with recursive n(i) as (select 0 union all select i + 1 from n where i < ${count - 1})
           insert into state_records
           select '${tenant}', 'u', 's', '', 'k' || (10000 + i), '${tenant}' || i, 0, 0, '${tenant}' || i || ',', x'00' from n`,
        )
      }
      await saveLarge(state)
      writer.pragma('wal_checkpoint(truncate)')
      writer.close()
      counted = { state, recorded, pagesOf: async (statement) => pagesOnDisk(path, statement) }
    })
    afterAll(async () => {
      await counted.state.close()
      await opened.close()
      await rm(folder, { recursive: true })
    })

    checkPages(() => counted)
  })
}

async function saveLarge(state: StateStore): Promise<void> {
  const save = Array.from({ length: 20 }, (_, index) => ({
    eventId: newEventId(),
    identity: large,
    kind: `k${index}`,
    bytes: crypto.getRandomValues(new Uint8Array(LARGE_BYTES)),
  }))
  await state.commit({ save })
}

/** Returns how many pages a new connection, which has cached none, reads for a statement. */
function pagesOnDisk(path: string, { sql, values }: Recorded): number {
  const connection = new Sqlite(path, { readonly: true })
  const statement = connection.prepare(sql)
  const before = bytesReadByProcess()
  statement.all(...values)
  const read = bytesReadByProcess() - before
  connection.close()
  return Math.floor(read / PAGE_BYTES)
}

function bytesReadByProcess(): number {
  const [, count] = /^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8')) ?? []
  return Number(count)
}
