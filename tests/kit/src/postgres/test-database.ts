import { randomBytes } from 'node:crypto'

import { Client } from 'pg'
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
  await execute(server, `create database "${name}" template "${template}"`)
  return {
    dsn: databaseOf(server, name),
    drop: () => execute(server, `drop database if exists "${name}" with (force)`),
  }
}

/** Returns the DSN of a database on a server. */
export function databaseOf(server: string, name: string): string {
  const dsn = new URL(server)
  dsn.pathname = `/${name}`
  return dsn.href
}

async function execute(dsn: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: dsn })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
