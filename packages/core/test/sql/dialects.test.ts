import {
  createTable,
  postgresDialect,
  sqliteDialect,
  type SqlDialect,
  type TableSpec,
} from '@harborage/core/sql'
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { expect, test } from 'vitest'

const notes: TableSpec = {
  name: 'notes',
  columns: {
    tenant_id: 'text',
    id: 'text',
    event_id: 'text',
    at: 'timestamp',
    image: 'large_bytes',
  },
  key: ['tenant_id', 'id'],
  unique: [
    {
      name: 'notes_event_id_key',
      columns: ['tenant_id', 'event_id'],
      apart: { name: 'notes_event_id_idx', column: 'event_id' },
    },
  ],
}

/** Returns the SQL that creates the table, recorded by a server that answers nothing. */
async function statementsOf(engine: 'postgres' | 'sqlite', dialect: SqlDialect): Promise<string[]> {
  const said: string[] = []
  const isPostgres = engine === 'postgres'
  const db = new Kysely<Record<never, never>>({
    dialect: {
      createAdapter: () => (isPostgres ? new PostgresAdapter() : new SqliteAdapter()),
      createDriver: () => new DummyDriver(),
      createIntrospector: (of) =>
        isPostgres ? new PostgresIntrospector(of) : new SqliteIntrospector(of),
      createQueryCompiler: () =>
        isPostgres ? new PostgresQueryCompiler() : new SqliteQueryCompiler(),
    },
    log: ({ query }) => void said.push(query.sql.replaceAll(/\s+/g, ' ').trim()),
  })
  await createTable(db, dialect, undefined, notes)
  return said
}

const columns = (text: string, at: string, image: string): string =>
  `"tenant_id" ${text} not null, "id" ${text} not null, "event_id" ${text} not null, ` +
  `"at" ${at} not null, "image" ${image} not null, constraint "notes_pkey" primary key ("tenant_id", "id")`

test('a table on SQLite has constraints for unique columns', async () => {
  expect(await statementsOf('sqlite', sqliteDialect)).toEqual([
    `create table "notes" (${columns('text', 'bigint', 'blob')}, constraint "notes_event_id_key" unique ("tenant_id", "event_id"))`,
  ])
})

test('a table on Postgres has a partial index for columns that are kept apart', async () => {
  const [asked, ...made] = await statementsOf('postgres', postgresDialect)
  expect(asked).toContain('default_toast_compression')
  expect(made).toEqual([
    `create table "notes" (${columns('text collate "C"', 'bigint', 'bytea')})`,
    `create unique index "notes_event_id_idx" on "notes" ("tenant_id", "event_id") where "event_id" <> ''`,
  ])
})

test('an engine may override a member of its dialect', async () => {
  const uncompressed: SqlDialect = {
    ...postgresDialect,
    columnType: async (type, db) =>
      type === 'large_bytes' ? sql`bytea` : postgresDialect.columnType(type, db),
  }
  const statements = await statementsOf('postgres', uncompressed)
  expect(statements[0]).toBe(
    `create table "notes" (${columns('text collate "C"', 'bigint', 'bytea')})`,
  )
})
