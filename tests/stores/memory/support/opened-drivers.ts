import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Database } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import { openMemoryStore, type MemoryRules, type MemoryStore } from '@harborage/memory'

import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'

/** Opens a memory store on one driver. */
export type Open = (rules: MemoryRules) => Promise<MemoryStore>

/** Every driver, open at the same time. */
export interface OpenedDrivers {
  readonly byName: Readonly<Record<DriverName, Open>>
  close(): Promise<void>
}

export const driverNames = ['in-memory', 'SQLite file', 'SQLite :memory:', 'Postgres'] as const

export type DriverName = (typeof driverNames)[number]

export async function openDrivers(): Promise<OpenedDrivers> {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-memory-'))
  const created = await createDatabaseWithTables()
  const databases: readonly [Database, Database, Database] = [
    await openSqlite({ dsn: join(folder, 'memory.db') }),
    await openSqlite({ dsn: ':memory:' }),
    await openPostgres({ dsn: created.dsn }),
  ]
  const [file, volatile, postgres] = databases
  return {
    byName: {
      'in-memory': (rules) => openMemoryStore(rules),
      'SQLite file': (rules) => openMemoryStore({ ...rules, database: file }),
      'SQLite :memory:': (rules) => openMemoryStore({ ...rules, database: volatile }),
      Postgres: (rules) => openMemoryStore({ ...rules, database: postgres }),
    },
    async close() {
      for (const database of databases) await database.close()
      await created.drop()
      await rm(folder, { recursive: true })
    },
  }
}
