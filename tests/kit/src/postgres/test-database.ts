import { randomBytes } from 'node:crypto'

import { Client, Pool } from 'pg'
import { inject } from 'vitest'

import './shared-server.ts'

export interface TestDatabase {
  readonly dsn: string
  drop(): Promise<void>
}

export interface TestDatabaseOptions {
  /** The name of the database that it is a copy of. Default: the server's, with nothing in it. */
  readonly template?: string
}

/** Resolves to a fresh database with a name of its own on the run's PostgreSQL server. */
export async function createDatabase({
  template = 'template1',
}: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = inject('postgresServer')
  const name = `harborage_test_${randomBytes(8).toString('hex')}`
  makers ??= openMakers(server)
  await makers.query(`create database "${name}" template "${template}"`)
  return {
    dsn: databaseOf(server, name),
    drop: () => drop(server, name),
  }
}

/** Returns the DSN of a database on a server. */
export function databaseOf(server: string, name: string): string {
  const dsn = new URL(server)
  dsn.pathname = `/${name}`
  return dsn.href
}

/**
 * The connections of this process that make databases. They stay open, because to open one takes as
 * long as to make a database, and do not keep the process alive.
 */
let makers: Pool | undefined

function openMakers(server: string): Pool {
  const pool = new Pool({
    connectionString: server,
    max: 2,
    idleTimeoutMillis: 0,
    allowExitOnIdle: true,
  })
  // The server may end before this process does.
  pool.on('error', () => {})
  return pool
}

/** Drops a database, on a new connection: those of the test may still be ending meanwhile. */
async function drop(server: string, name: string): Promise<void> {
  const client = new Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(`drop database if exists "${name}" with (force)`)
  } finally {
    await client.end()
  }
}
