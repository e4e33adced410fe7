import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { queryPostgres, runPostgresScript } from '@harborage/test-kit/postgres/query'
import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import BetterSqlite3 from 'better-sqlite3'
import type { Place } from './places.ts'

/** A fresh database, and functions that read or change it without the stores. */
export interface TestPlace extends Place, AsyncDisposable {
  runScript(script: string): Promise<void>
  /** Resolves to the definitions of all tables, indexes, constraints, triggers and functions. */
  structure(): Promise<readonly string[]>
  /** Resolves to every row of every table. */
  content(): Promise<readonly string[]>
}

export async function sqlitePlace(): Promise<TestPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-opening-'))
  const dsn = join(folder, 'state.db')
  const select = (sql: string): string[] => {
    const database = new BetterSqlite3(dsn)
    try {
      return database.prepare<[], string>(sql).pluck().all()
    } finally {
      database.close()
    }
  }
  return {
    dsn,
    async runScript(script) {
      const database = new BetterSqlite3(dsn)
      database.exec(script)
      database.close()
    },
    structure: async () =>
      select(
        `select type || ' ' || name || ' ' || coalesce(sql, '') from sqlite_master order by 1`,
      ),
    async content() {
      const tables = select(
        // A virtual table keeps its rows in others.
        `select name from sqlite_master
          where type = 'table' and sql not like 'create virtual%' order by name`,
      )
      return tables.flatMap((table) =>
        select(
          `select '${table} ' || json_array(${columnsOf(select, table)}) from "${table}" order by 1`,
        ),
      )
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

function columnsOf(select: (sql: string) => string[], table: string): string {
  return select(`select 'quote("' || name || '")' from pragma_table_info('${table}')`).join(', ')
}

const OWN_TABLES = `
  select oid from pg_class where relnamespace::regnamespace::text !~ '^pg_|^information_schema$'`

const structureOfPostgres = `
  select 'schema ' || nspname as line from pg_namespace where nspname !~ '^pg_|^information_schema$'
  union all
  select concat_ws(' ', table_schema, table_name, column_name, data_type, collation_name, is_nullable, column_default)
  from information_schema.columns where table_schema !~ '^pg_|^information_schema$'
  union all
  select indexdef from pg_indexes where schemaname !~ '^pg_'
  union all
  select concat_ws(' ', 'compression', attrelid::regclass, attname, attcompression)
  from pg_attribute where attrelid in (${OWN_TABLES}) and attnum > 0 and attcompression <> ''
  union all
  select concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
  from pg_constraint where contype <> 'n' and conrelid in (${OWN_TABLES})
  union all
  select pg_get_triggerdef(oid) from pg_trigger where tgrelid in (${OWN_TABLES})
  union all
  select concat_ws(' ', pg_get_functiondef(oid), proacl)
  from pg_proc where pronamespace::regnamespace::text !~ '^pg_|^information_schema$'
  order by line`

const contentOfPostgres = `
  select table_name || ' ' ||
    query_to_xml(format('select * from %I.%I t order by t', table_schema, table_name), true, false, '')
    as line
  from information_schema.tables where table_schema !~ '^pg_|^information_schema$'
  order by line`

export async function postgresPlace(): Promise<TestPlace> {
  const database = await createDatabase()
  const { dsn } = database
  const lines = async (sql: string): Promise<string[]> =>
    (await queryPostgres<{ line: string }>(dsn, sql)).map((row) => row.line)
  return {
    dsn,
    runScript: (script) => runPostgresScript(dsn, script),
    structure: () => lines(structureOfPostgres),
    content: () => lines(contentOfPostgres),
    [Symbol.asyncDispose]: () => database.drop(),
  }
}

/** The engines, as a table for `describe.for`. */
export const everyEngine = [
  { engine: 'sqlite', makePlace: sqlitePlace },
  { engine: 'postgres', makePlace: postgresPlace },
] as const
