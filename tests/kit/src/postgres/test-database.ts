import { randomBytes } from 'node:crypto'

import { Client } from 'pg'
import { inject } from 'vitest'

import './shared-server.ts'

export interface TestDatabase {
  readonly dsn: string
  drop(): Promise<void>
}

/** Resolves to a fresh database with a name of its own on the run's PostgreSQL server. */
export async function createDatabase(): Promise<TestDatabase> {
  const server = inject('postgresServer')
  const name = `harborage_test_${randomBytes(8).toString('hex')}`
  await execute(server, `create database "${name}"`)
  const dsn = new URL(server)
  dsn.pathname = `/${name}`
  return {
    dsn: dsn.href,
    drop: () => execute(server, `drop database if exists "${name}" with (force)`),
  }
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
