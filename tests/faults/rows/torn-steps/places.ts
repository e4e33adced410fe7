import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { queryPostgres, runPostgresScript } from '@harborage/test-kit/postgres/query'
import BetterSqlite3 from 'better-sqlite3'
import { freshDatabase } from '../../harness/postgres.ts'
import { TICKETS } from './step-lane.ts'

/** A database with the table of the application. */
export interface Place {
  readonly dsn: string
  /** Resolves to the numbers of the rows of a lane, in order. */
  readonly ticketsOf: (lane: string) => Promise<readonly number[]>
}

/** Makes a place in a new SQLite file, which is removed when it is disposed of. */
export async function newSqlitePlace(): Promise<Place & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-steps-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  return { ...sqlitePlace(join(folder, 'steps.db')), [Symbol.asyncDispose]: remove }
}

/** Returns the place of an SQLite file, with the table if it lacks it. */
export function sqlitePlace(path: string): Place {
  const connection = new BetterSqlite3(path)
  connection.exec(TICKETS)
  connection.close()
  return {
    dsn: `sqlite:${path}`,
    async ticketsOf(lane) {
      const reader = new BetterSqlite3(path)
      const rows = reader
        .prepare<[string], number>('select step from tickets where lane = ? order by step')
        .pluck()
        .all(lane)
      reader.close()
      return rows
    },
  }
}

/** Makes a place in a new Postgres database, which is left behind. */
export async function newPostgresPlace(): Promise<Place & AsyncDisposable> {
  const dsn = await freshDatabase()
  await runPostgresScript(dsn, TICKETS)
  return {
    dsn,
    async ticketsOf(lane) {
      const rows = await queryPostgres<{ step: number }>(
        dsn,
        'select step from tickets where lane = $1 order by step',
        [lane],
      )
      return rows.map(({ step }) => step)
    },
    async [Symbol.asyncDispose]() {},
  }
}
