import '@harborage/driver-postgres'
import { isHarborageError } from '@harborage/core'
import { openStateStore, registeredStateDrivers } from '@harborage/state'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { ann, newRecord } from './support/test-store.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
})

afterAll(() => database.drop())

test('importing the package adds postgres to the drivers of the state store', () => {
  expect(registeredStateDrivers()).toEqual(['memory', 'postgres'])
})

test.for(['postgres:', 'postgresql:', 'POSTGRES:'])('a DSN with %s leads to it', async (scheme) => {
  const dsn = database.dsn.replace(/^postgres(ql)?:/, scheme)
  await using state = await openStateStore({ dsn })
  expect(await state.save(newRecord({ kind: scheme }))).toBe('saved')
})

test('opening by name works as well, and a process finds what another one saved', async () => {
  const record = newRecord({ kind: 'by name' })
  {
    await using state = await openStateStore({ driver: 'postgres', dsn: database.dsn })
    await state.save(record)
  }
  await using state = await openStateStore({ dsn: database.dsn })
  expect(await state.load(ann, 'by name')).toMatchObject({ eventId: record.eventId })
})

test('its name alone is not enough', async () => {
  const failure = await failureOf(openStateStore({ driver: 'postgres' }))
  expect(isHarborageError(failure, 'invalid_config')).toBe(true)
})
