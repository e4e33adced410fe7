import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Database } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import { openStateStore, type StateStore } from '@harborage/state'
import Sqlite from 'better-sqlite3'
import { Client } from 'pg'
import { expect } from 'vitest'

import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import { explain } from '../../artifacts/support/explain.ts'
import { recordStatements, type Recorded } from '../../artifacts/support/record-statements.ts'

const PAGE_BYTES = 4_096

/** Whether SQLite's pages can be counted: only Linux counts what a process reads. */
export const countsOnSqlite: boolean = process.platform === 'linux'

/** Records that are inserted by SQL, beside the store. */
export interface Inserted {
  readonly count: number
  /** The expressions of the columns of the owner and of the kind, in which `i` counts from 0. */
  readonly tenant: string
  readonly user: string
  readonly session: string
  readonly kind: string
}

/** A store, the statements that it ran, and what counts the pages that one of them reads. */
export interface CountedStore {
  readonly state: StateStore
  readonly recorded: Recorded[]
  readonly pagesOf: (statement: Recorded) => Promise<number>
  /** Inserts records, and brings the statistics and files up to date. */
  readonly insert: (...records: readonly Inserted[]) => Promise<void>
  readonly close: () => Promise<void>
}

/** Resolves to the number of pages that the only statement of a call reads. */
export async function pagesRead(
  { state, recorded, pagesOf }: CountedStore,
  call: (state: StateStore) => Promise<unknown>,
): Promise<number> {
  recorded.length = 0
  await call(state)
  expect(recorded).toHaveLength(1)
  const [statement] = recorded
  if (statement === undefined) throw new Error('nothing was read')
  return pagesOf(statement)
}

/** Opens a store on a new Postgres database, with a client that explains statements. */
export async function openCountedPostgres(): Promise<CountedStore & { readonly client: Client }> {
  const created = await createDatabaseWithTables()
  const opened = await openPostgres({ dsn: created.dsn })
  const client = new Client({ connectionString: created.dsn })
  await client.connect()
  return {
    ...(await openRecorded(opened)),
    client,
    pagesOf: async (statement) => (await explain(client, statement)).blocks,
    async insert(...records) {
      for (const { count, ...columns } of records) {
        const numbers = `generate_series(0, ${count - 1}) as i`
        await client.query(insertInto(columns, "'\\x00'", numbers))
      }
      await client.query('vacuum analyze state_records')
    },
    async close() {
      await client.end()
      await opened.close()
      await created.drop()
    },
  }
}

/** Opens a store on a new SQLite file. */
export async function openCountedSqlite(): Promise<CountedStore> {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-plans-'))
  const path = join(folder, 'plans.db')
  const opened = await openSqlite({ dsn: `sqlite:${path}` })
  return {
    ...(await openRecorded(opened)),
    pagesOf: async (statement) => pagesOnDisk(path, statement),
    async insert(...records) {
      const writer = new Sqlite(path)
      for (const { count, ...columns } of records) {
        const numbers = `(with recursive n(i) as (select 0 union all select i + 1 from n where i < ${count - 1}) select i from n)`
        writer.exec(insertInto(columns, "x'00'", numbers))
      }
      writer.pragma('wal_checkpoint(truncate)')
      writer.close()
    },
    async close() {
      await opened.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function openRecorded(opened: Database): Promise<Pick<CountedStore, 'state' | 'recorded'>> {
  const { database, recorded } = recordStatements(opened)
  return { state: await openStateStore({ database }), recorded }
}

function insertInto(
  { tenant, user, session, kind }: Omit<Inserted, 'count'>,
  bytes: string,
  numbers: string,
): string {
  const eventId = `(${tenant}) || '/' || (${user}) || '/' || i`
  return `insert into state_records
    (tenant_id, user_id, session_id, run_id, kind, event_id, version, updated_at, event_trail, bytes)
    select ${tenant}, ${user}, ${session}, '', ${kind}, ${eventId}, 0, 0, ${eventId} || ',', ${bytes}
    from ${numbers}`
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
