import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import type { Database } from '@harborage/core'

/** A database that a test opens; plain data, so that it can be sent to another process. */
export interface Place {
  readonly dsn: string
  readonly schema?: string
}

export function openPlace({ dsn, schema }: Place): Promise<Database> {
  if (!dsn.startsWith('postgres')) return openSqlite({ dsn })
  return openPostgres(schema === undefined ? { dsn } : { dsn, schema })
}
