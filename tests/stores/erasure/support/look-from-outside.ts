import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import BetterSqlite3 from 'better-sqlite3'

import { queryPostgres } from '@harborage/test-kit/postgres/query'

/** Returns every row of every table of a database file as JSON, in order. */
export function rowsOfSqlite(path: string): readonly string[] {
  const database = new BetterSqlite3(path, { readonly: true })
  try {
    const tables = database
      .prepare<[], string>(
        // A virtual table keeps its rows in others.
        `select name from sqlite_master
          where type = 'table' and sql not like 'create virtual%' order by name`,
      )
      .pluck()
      .all()
    return tables.flatMap((table) =>
      database
        .prepare<[], Record<string, unknown>>(`select * from "${table}"`)
        .all()
        .map((row) => textOf(table, row)),
    )
  } finally {
    database.close()
  }
}

/** Returns the digests of the words of a user's passages, each once. */
export function wordsOfPassages(path: string, userId: string): readonly string[] {
  const database = new BetterSqlite3(path, { readonly: true })
  try {
    const rows = database
      .prepare<[string], string>('select words from memory_passages where user_id = ?')
      .pluck()
      .all(userId)
    return [...new Set(rows.flatMap((words) => words.split(' ')))]
  } finally {
    database.close()
  }
}

/** Resolves to every row of every table of a Postgres database, in order. */
export async function rowsOfPostgres(dsn: string): Promise<readonly string[]> {
  const tables = await queryPostgres<{ name: string }>(
    dsn,
    `select relname as name from pg_class
      where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by relname`,
  )
  const rows: string[] = []
  for (const { name } of tables) {
    const found = await queryPostgres(dsn, `select * from "${name}"`)
    rows.push(...found.map((row) => textOf(name, row)))
  }
  return rows.toSorted()
}

/** Resolves to the values that the planner's statistics keep of the tables. */
export async function statisticsOfPostgres(dsn: string): Promise<readonly string[]> {
  const rows = await queryPostgres<{ kept: string }>(
    dsn,
    `select concat(tablename, '.', attname, ' ', most_common_vals, histogram_bounds) as kept
      from pg_stats where schemaname = 'public'`,
  )
  return rows.map(({ kept }) => kept)
}

/**
 * Resolves to the names of the tables and indexes of a Postgres database, its catalog's too, that
 * hold a text in their files.
 */
export async function relationsWith(dsn: string, text: string): Promise<readonly string[]> {
  const [server] = await queryPostgres<{ folder: string }>(
    dsn,
    "select current_setting('data_directory') as folder",
  )
  const relations = await queryPostgres<{ name: string; path: string }>(
    dsn,
    `select c.oid::regclass::text as name, pg_relation_filepath(c.oid) as path from pg_class c
      where pg_relation_filepath(c.oid) is not null order by name`,
  )
  const found = await Promise.all(
    relations.map(async ({ name, path }) => {
      const content = await readFile(join(server?.folder ?? '', path))
      return content.includes(text) ? [name] : []
    }),
  )
  return found.flat()
}

/** Resolves to the path and the content of each file and folder below a folder. */
export async function filesOfFolder(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name)
      return entry.isFile() ? `${path}\n${await readFile(path, 'latin1')}` : path
    }),
  )
  return found.toSorted()
}

function textOf(table: string, row: Readonly<Record<string, unknown>>): string {
  const values = Object.entries(row).map(([column, value]) => [
    column,
    Buffer.isBuffer(value) ? value.toString('latin1') : value,
  ])
  return `${table} ${JSON.stringify(Object.fromEntries(values))}`
}
