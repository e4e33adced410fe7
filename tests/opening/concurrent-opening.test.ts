import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stateSubsystem } from '@harborage/state/sql'
import BetterSqlite3 from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { measure } from '@harborage/test-kit/measure'
import { OpeningProcesses } from './support/opening-processes.ts'
import { postgresPlace } from './support/test-place.ts'

const everyMigration = Object.keys(stateSubsystem.migrations)
const PROCESSES = measure({ quick: 4, full: 16 })
const everyOneWorks = Array.from({ length: PROCESSES }, () => ({
  saved: 'saved',
  read: 'written by itself',
}))

let processes: OpeningProcesses
let postgres: TestDatabase
let folder: string

beforeAll(async () => {
  ;[processes, postgres, folder] = await Promise.all([
    OpeningProcesses.start(PROCESSES),
    createDatabase(),
    mkdtemp(join(tmpdir(), 'harborage-opening-')),
  ])
})

afterAll(async () => {
  processes.kill()
  await Promise.all([postgres.drop(), rm(folder, { recursive: true })])
})

async function ledger(schema: string): Promise<string[]> {
  const rows = await queryPostgres<{ name: string }>(
    postgres.dsn,
    `select name from "${schema}".harbor_state_migrations order by name`,
  )
  return rows.map((row) => row.name)
}

async function countRecords(schema: string): Promise<number | undefined> {
  const [row] = await queryPostgres<{ count: number }>(
    postgres.dsn,
    `select count(*)::int as count from "${schema}".state_records`,
  )
  return row?.count
}

test(`${PROCESSES} processes open one fresh SQLite file at once, and each migration is recorded once`, async () => {
  const file = join(folder, 'fresh.db')
  expect(await processes.open({ dsn: file })).toEqual(everyOneWorks)

  const database = new BetterSqlite3(file)
  const names = database.prepare('select name from harbor_state_migrations order by name').pluck()
  expect(names.all()).toEqual(everyMigration)
  expect(database.prepare('select count(*) from state_records').pluck().get()).toBe(PROCESSES)
  database.close()
})

test(`${PROCESSES} processes open one fresh Postgres database at once, and each migration is recorded once`, async () => {
  expect(await processes.open({ dsn: postgres.dsn })).toEqual(everyOneWorks)
  expect(await ledger('public')).toEqual(everyMigration)
  expect(await countRecords('public')).toBe(PROCESSES)
})

test(`${PROCESSES} processes at once may name a schema that does not exist yet`, async () => {
  expect(await processes.open({ dsn: postgres.dsn, schema: 'Harbor' })).toEqual(everyOneWorks)
  expect(await ledger('Harbor')).toEqual(everyMigration)
  expect(await countRecords('Harbor')).toBe(PROCESSES)
})

test(`${PROCESSES} concurrent processes may use two schemas of one database, which share nothing`, async () => {
  const [left, right] = ['left', 'right'].map((schema) => ({ dsn: postgres.dsn, schema }))
  if (left === undefined || right === undefined) throw new Error('two places were made')
  expect(await processes.open(left, right)).toEqual(everyOneWorks)
  for (const schema of ['left', 'right']) {
    expect(await ledger(schema)).toEqual(everyMigration)
    expect(await countRecords(schema)).toBe(PROCESSES / 2)
  }
})

test.for(['serializable', 'repeatable read'])(
  `${PROCESSES} processes open a fresh database at once whose transactions are %s by default`,
  async (isolation) => {
    await using fresh = await postgresPlace()
    const name = new URL(fresh.dsn).pathname.slice(1)
    await fresh.runScript(
      `alter database "${name}" set default_transaction_isolation = '${isolation}'`,
    )
    expect(await processes.open({ dsn: fresh.dsn })).toEqual(everyOneWorks)
  },
)

test('a process that opened, worked and closed ends by itself', async () => {
  expect(await processes.end()).toEqual(Array.from({ length: PROCESSES }, () => 0))
})
