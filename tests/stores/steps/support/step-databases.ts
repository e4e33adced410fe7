import { join } from 'node:path'
import type { Database } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import BetterSqlite3 from 'better-sqlite3'
import type { Pool } from 'pg'
import { queryPostgres, runPostgresScript } from '@harborage/test-kit/postgres/query'
import { callersPool } from '@harborage/test-kit/postgres/suite-database'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

/** The connection or the pool of an application, which its query builder uses. */
export type ApplicationClient =
  | { readonly engine: 'sqlite'; readonly connection: BetterSqlite3.Database }
  | { readonly engine: 'postgres'; readonly pool: Pool }

/** A database with tables of an application. */
export interface ApplicationDatabase extends AsyncDisposable {
  readonly database: Database
  readonly client: ApplicationClient
  /** Returns the placeholder of a parameter, counted from 1. */
  readonly placeholder: (index: number) => string
  /** Runs SQL on a connection of the application. */
  run(sql: string): Promise<void>
  /** Resolves to the rows of a query, on a connection of the application. */
  query(sql: string): Promise<readonly Record<string, unknown>[]>
}

const TABLES = `
  create table orders (id text primary key, state text not null, paid integer not null default 0);
  create table order_lines (
    order_id text not null references orders (id) deferrable initially deferred, item text not null
  );
  insert into orders (id, state) values ('o1', 'new'), ('o2', 'new')`

/** Opens a database on each engine, and on a pool of the caller. */
export const applicationDatabases: readonly {
  readonly title: string
  readonly open: () => Promise<ApplicationDatabase>
}[] = [
  { title: 'SQLite', open: onSqlite },
  { title: 'Postgres', open: () => onPostgres((_pool, dsn) => openPostgres({ dsn })) },
  {
    title: 'Postgres without prepared statements',
    open: () => onPostgres((_pool, dsn) => openPostgres({ dsn, preparedStatements: false })),
  },
  { title: "a caller's own pool", open: () => onPostgres((pool) => openPostgres({ pool })) },
]

async function onSqlite(): Promise<ApplicationDatabase> {
  const path = join(await temporaryFolder(), 'app.db')
  const database = await openSqlite({ dsn: path })
  // The file of a new database is made by the first store.
  const connection = new BetterSqlite3(path)
  connection.exec(TABLES)
  return {
    database,
    client: { engine: 'sqlite', connection },
    placeholder: () => '?',
    run: async (sql) => void connection.exec(sql),
    query: async (sql) => connection.prepare<[], Record<string, unknown>>(sql).all(),
    async [Symbol.asyncDispose]() {
      connection.close()
      await database.close()
    },
  }
}

async function onPostgres(
  open: (pool: Pool, dsn: string) => Promise<Database>,
): Promise<ApplicationDatabase> {
  const created = await createDatabaseWithTables()
  await runPostgresScript(created.dsn, TABLES)
  const pool = callersPool(created.dsn)
  const database = await open(pool, created.dsn)
  return {
    database,
    client: { engine: 'postgres', pool },
    placeholder: (index) => `$${index}`,
    run: (sql) => runPostgresScript(created.dsn, sql),
    query: (sql) => queryPostgres(created.dsn, sql),
    async [Symbol.asyncDispose]() {
      await database.close()
      await pool.end()
      await created.drop()
    },
  }
}
