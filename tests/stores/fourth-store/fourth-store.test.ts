import { join } from 'node:path'
import {
  listenToOperations,
  openDatabase,
  type Database,
  type OperationTrace,
} from '@harborage/core'
import '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { collectCases } from '@harborage/test-kit/collected-cases'
import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { counterConformance } from './counter-conformance.ts'
import { InMemoryCounterDriver, type CounterKey } from './counter-driver.ts'
import { CounterStore, openCounterStore } from './counter-store.ts'

const ann = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }

describe('in memory', () => {
  counterConformance({ describe, it }, () => openCounterStore())
})

describe('on SQLite', () => {
  counterConformance({ describe, it }, () => openCounterStore({ dsn: 'sqlite::memory:' }))
})

describe('on Postgres', () => {
  let created: TestDatabase
  let database: Database
  beforeAll(async () => {
    created = await createDatabase()
    database = await openDatabase(created.dsn)
  })
  afterAll(async () => {
    await database.close()
    await created.drop()
  })
  counterConformance({ describe, it }, () => openCounterStore({ database }))
})

test('its migrations exist beside those of other stores, and opening with verify requires them', async () => {
  const dsn = `sqlite:${join(await temporaryFolder(), 'a.db')}`
  await using database = await openDatabase(dsn)
  await using state = await openStateStore({ database })
  await expect(openCounterStore({ database, migrate: 'verify' })).rejects.toMatchObject({
    code: 'schema_outdated',
  })
  await using counters = await openCounterStore({ database })
  expect(await counters.add(ann, 'tokens', 1)).toBe(1)
  expect(await state.load(ann, 'task.checkpoint')).toBeUndefined()
})

test('its calls are traced under its own name', async () => {
  const ended: OperationTrace[] = []
  onTestFinished(listenToOperations({ onEnd: (trace) => ended.push(trace) }))
  await using database = await openSqlite({ dsn: ':memory:' })
  await using counters = await openCounterStore({ database })
  await counters.add(ann, 'tokens', 1)
  await counters.add(ann, 'tokens', 0.5).catch(() => {})
  expect(ended).toMatchObject([
    { store: 'counters', operation: 'add', outcome: 'ok' },
    { store: 'counters', operation: 'add', outcome: 'counter_overflow' },
  ])
})

test('its suite fails on a driver that loses concurrent additions', async () => {
  class Forgetful extends InMemoryCounterDriver {
    override async add(key: CounterKey, amount: number): Promise<number> {
      const value = (await this.read(key)) ?? 0
      await super.add(key, amount)
      return value + amount
    }
  }
  const cases = collectCases((runner) =>
    counterConformance(runner, async () => new CounterStore(new Forgetful())),
  )
  const failing: string[] = []
  for (const { run, guarantee } of cases) if ((await run()) !== undefined) failing.push(guarantee)
  expect(failing).toEqual(['C3'])
})
