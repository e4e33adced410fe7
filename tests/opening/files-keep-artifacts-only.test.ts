import { createEventBus, openDatabase } from '@harborage/core'
import '@harborage/driver-fs'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'

// The artifact store registers the driver, as in an application that uses several stores.
const dsn = 'fs:./nowhere'

test.each<[what: string, open: () => Promise<unknown>]>([
  ['a state store', () => openStateStore({ dsn })],
  ['a state store, by name,', () => openStateStore({ driver: 'fs', dsn: './nowhere' })],
  ['a memory store', () => openMemoryStore({ dsn, bus: createEventBus() })],
  ['a database', () => openDatabase(dsn)],
])('%s on files fails with the advice that files store only artifacts', async (_, open) => {
  const { code, message } = await failureOf(open())
  expect(code).toBe('unknown_driver')
  expect(message).toContain(
    'Files keep artifacts only. Use another driver here: "sqlite:./agent.db"',
  )
  expect(message).not.toContain('second copy')
})

test('a database in the memory of a store fails because it cannot be shared', async () => {
  const { message } = await failureOf(openDatabase('memory:'))
  expect(message).toContain('It is not a database that stores can share')
  expect(message).toContain('"sqlite::memory:"')
})

test('an option of a memory store that is misspelled is suggested', async () => {
  const config = { bus: createEventBus(), budgetToken: 7 }
  const { message } = await failureOf(openMemoryStore(config))
  expect(message).toContain('"budgetToken" instead of "budgetTokens": it takes driver, dsn, ')
})
