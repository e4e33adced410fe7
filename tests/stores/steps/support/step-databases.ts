import { join } from 'node:path'
import type { Database } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import BetterSqlite3 from 'better-sqlite3'
import { queryPostgres, runPostgresScript } from '@harborage/test-kit/postgres/query'
import { callersPool } from '@harborage/test-kit/postgres/suite-database'
import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

/** A database with tables of an application. */
export interface ApplicationDatabase extends AsyncDisposable {
  readonly database: Database
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
  { title: 'Postgres', open: () => onPostgres((dsn) => openPostgres({ dsn })) },
  {
    title: 'Postgres without prepared statements',
    open: () => onPostgres((dsn) => openPostgres({ dsn, preparedStatements: false })),
  },
  {
    title: "a caller's own pool",
    async open() {
      let end = async (): Promise<void> => {}
      return onPostgres(
        (dsn) => {
          const pool = callersPool(dsn)
          end = () => pool.end()
          return openPostgres({ pool })
        },
        () => end(),
      )
    },
  },
]

async function onSqlite(): Promise<ApplicationDatabase> {
  const path = join(await temporaryFolder(), 'app.db')
  const database = await openSqlite({ dsn: path })
  // The file of a new database is made by the first store.
  const withConnection = async <Result>(
    use: (connection: BetterSqlite3.Database) => Result,
  ): Promise<Result> => {
    const connection = new BetterSqlite3(path)
    try {
      return use(connection)
    } finally {
      connection.close()
    }
  }
  await withConnection((connection) => connection.exec(TABLES))
  return {
    database,
    placeholder: () => '?',
    run: (sql) => withConnection((connection) => void connection.exec(sql)),
    query: (sql) =>
      withConnection((connection) => connection.prepare<[], Record<string, unknown>>(sql).all()),
    [Symbol.asyncDispose]: () => database.close(),
  }
}

async function onPostgres(
  open: (dsn: string) => Promise<Database>,
  release: () => Promise<void> = async () => {},
): Promise<ApplicationDatabase> {
  const created = await createDatabase()
  await runPostgresScript(created.dsn, TABLES)
  const database = await open(created.dsn)
  return {
    database,
    placeholder: (index) => `$${index}`,
    run: (sql) => runPostgresScript(created.dsn, sql),
    query: (sql) => queryPostgres(created.dsn, sql),
    async [Symbol.asyncDispose]() {
      await database.close()
      await release()
      await created.drop()
    },
  }
}
