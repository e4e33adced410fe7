import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type Database, newEventId, openDatabase } from '@harborage/core'
import { MAX_PAGE_BYTES } from '@harborage/core/kit'
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import {
  InMemoryStateDriver,
  type CheckedRecord,
  type StateDriver,
  type StateRecord,
} from '@harborage/state'
import { openSqlStateDriver } from '@harborage/state/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'

const MIB = 1024 * 1024
const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: '' }

const range = { identity, kindPrefix: 'k', from: undefined, to: undefined }

let folder: string
let created: TestDatabase
const databases: Database[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harborage-pages-'))
  created = await createDatabaseWithTables()
})

afterAll(async () => {
  for (const database of databases) await database.close()
  await created.drop()
  await rm(folder, { recursive: true })
})

async function overSql(dsn: string): Promise<StateDriver> {
  const database = await openDatabase(dsn)
  databases.push(database)
  return openSqlStateDriver(database, 'apply')
}

describe.each<[where: string, open: () => Promise<StateDriver>]>([
  ['in memory', async () => new InMemoryStateDriver()],
  ['on SQLite', () => overSql(`sqlite:${join(folder, 'pages.db')}`)],
  ['on Postgres', () => overSql(created.dsn)],
])('a page of large records %s', (_, open) => {
  let driver: StateDriver
  beforeAll(async () => {
    driver = await open()
    for (const [kind, size] of sizes) await driver.save(record(kind, size), undefined)
  })

  const sizes: readonly (readonly [kind: string, size: number])[] = [
    ['a', 100],
    ['b', 3 * MIB],
    ['c', 3 * MIB],
    ['d', 3 * MIB],
    ['e', 9 * MIB],
    ['f', 0],
    ['g', 8 * MIB],
    ['h', 1],
  ]

  test.each(['listPage', 'listKindPage'] as const)(
    'ends with the record with which it holds 8 MiB: %s',
    async (method) => {
      const kinds: string[] = []
      let after: StateRecord | undefined
      for (;;) {
        const bounds = { limit: 1_000, maxBytes: MAX_PAGE_BYTES }
        const records =
          method === 'listPage'
            ? await driver.listPage({ ...bounds, ...range, order: 'ascending', after: after?.kind })
            : await driver.listKindPage({ ...bounds, kindPrefix: 'k', after })
        if (records.length === 0) break
        kinds.push(records.map(({ kind }) => kind.slice(1)).join(''))
        after = records.at(-1)
      }
      expect(kinds).toEqual(['abcd', 'e', 'fg', 'h'])
    },
  )

  test('ends with the record with which it holds 8 MiB in descending order, too', async () => {
    const kinds: string[] = []
    let after: string | undefined
    for (;;) {
      const bounds = { limit: 1_000, maxBytes: MAX_PAGE_BYTES, after }
      const records = await driver.listPage({ ...range, ...bounds, order: 'descending' })
      if (records.length === 0) break
      kinds.push(records.map(({ kind }) => kind.slice(1)).join(''))
      after = records.at(-1)?.kind
    }
    expect(kinds).toEqual(['hg', 'fe', 'dcb', 'a'])
  })

  test.each([6 * MIB + 99, 6 * MIB + 100])(
    'has no part in loadMany, which returns all records of at most %i bytes or none',
    async (most) => {
      const slots = ['a', 'c', 'x', 'b'].map((kind) => ({ identity, kind: `k${kind}` }))
      const records = await driver.loadMany(slots, most)
      if (most < 6 * MIB + 100) expect(records).toBeUndefined()
      else expect(records?.map((each) => each?.kind)).toEqual(['ka', 'kc', undefined, 'kb'])
    },
  )
})

function record(kind: string, size: number): CheckedRecord {
  const bytes = new Uint8Array(size)
  return {
    eventId: newEventId(),
    identity,
    kind: `k${kind}`,
    bytes,
    version: 0,
    updatedAt: new Date(0),
    expiresAt: undefined,
  }
}
