import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { bystander, killBackends, waitingForLock } from '@harborage/test-kit/postgres/backends'
import { RemoteStore } from './support/remote-store.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabaseWithTables()
})

afterAll(() => database.drop())

describe.for([
  { whose: 'its own pool', isOnOwnPool: false },
  { whose: "a caller's pool", isOnOwnPool: true },
])('a process with a store on $whose', ({ isOnOwnPool }) => {
  let store: RemoteStore

  beforeAll(async () => {
    store = await RemoteStore.open({ dsn: database.dsn, isOnOwnPool })
    await store.call('save', 'one', 'two', 'three')
  })

  test('lives on when its idle backends are killed, and its next calls succeed', async () => {
    expect(await killBackends(database.dsn)).toBeGreaterThan(0)
    expect(await store.call('load', 'one', 'two')).toEqual({ value: ['one', 'two'] })
    expect(await killBackends(database.dsn)).toBeGreaterThan(0)
    expect(await store.call('save', 'one')).toEqual({ value: ['saved'] })
  })

  test('saves once when the backend is killed during the save', async () => {
    await using other = await bystander(database.dsn)
    await other.query(`begin; select from state_records where kind = 'one' for update`)
    const saving = store.call('save', 'one')
    await waitingForLock(database.dsn, 1)
    expect(await killBackends(database.dsn)).toBeGreaterThan(0)
    await other.query('rollback')
    expect(await saving).toEqual({ value: ['saved'] })
  })

  test('commits once when the backend is killed in the middle of the transaction', async () => {
    await using other = await bystander(database.dsn)
    await other.query(`begin; select from state_records where kind = 'two' for update`)
    const committing = store.call('commit', 'one', 'two')
    await waitingForLock(database.dsn, 1)
    expect(await killBackends(database.dsn)).toBeGreaterThan(0)
    await other.query('rollback')
    expect(await committing).toEqual({ value: ['saved', 'saved'] })
  })

  test('lives on when backends are killed again and again under load', async () => {
    const kinds = Array.from({ length: 40 }, (_, index) => `load ${index}`)
    const loading = store.call('save', ...kinds)
    for (let kill = 0; kill < 5; kill += 1) await killBackends(database.dsn)
    const { value } = await loading
    expect(value).toHaveLength(kinds.length)
    // Where the answer was lost, asking again finds the record there.
    expect(['saved', 'unchanged']).toEqual(
      expect.arrayContaining([...new Set(value as readonly string[])]),
    )
    expect(await store.call('load', ...kinds)).toEqual({ value: kinds })
  })

  test('closes and ends by itself after all that', async () => {
    expect(await store.call('close')).toEqual({})
    expect(await store.end()).toBe(0)
  })
})
