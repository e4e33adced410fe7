import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { defineSlot, openStateStore } from '@harborage/state'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'

import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'

const counter = defineSlot({ kind: 'session.counter', schema: z.int() })
const ann = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

let folder: string
let database: TestDatabase

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harborage-updates-'))
  database = await createDatabaseWithTables()
})

afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

test.each([
  ['SQLite', 1, 150],
  ['Postgres', 1, 300],
  ['SQLite', 3, 40],
  ['Postgres', 3, 40],
])(
  'on %s, all updates of one counter succeed, made at once by %i stores, %i each',
  async (...given) => {
    const [engine, stores, updates] = given
    const dsn = engine === 'SQLite' ? `sqlite:${join(folder, 'updates.db')}` : database.dsn
    const session = { ...ann, sessionId: `${stores} stores` }
    const opened = await Promise.all(Array.from({ length: stores }, () => openStateStore({ dsn })))
    const calls = opened.flatMap((store) =>
      Array.from({ length: updates }, () => counter.update(store, session, (held = 0) => held + 1)),
    )
    const values = await Promise.all(calls)
    expect(new Set(values).size).toBe(stores * updates)
    expect(Math.max(...values)).toBe(stores * updates)
    for (const store of opened) await store.close()
  },
)
