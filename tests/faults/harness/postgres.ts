import { randomBytes } from 'node:crypto'

import { startPostgresServer, type PostgresServer } from '@harborage/test-kit/postgres/start-server'
import { queryPostgres } from '@harborage/test-kit/postgres/query'

let started: Promise<PostgresServer> | undefined

/**
 * Resolves to the server of all rows of this process, which writes its log to disk as one in
 * production does.
 */
export function postgresServer(): Promise<PostgresServer> {
  started ??= startPostgresServer()
  return started
}

/**
 * Resolves to a fresh database on the server. It is left behind when the rows are done, as the
 * server is.
 */
export async function freshDatabase(): Promise<string> {
  const server = await postgresServer()
  const name = `faults_${randomBytes(6).toString('hex')}`
  await queryPostgres(server.dsn, `create database ${name}`)
  const dsn = new URL(server.dsn)
  dsn.pathname = `/${name}`
  return dsn.href
}
