import { openDatabase } from '@harborage/core'
import { expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'

test.each([
  [
    'sqlite:./hunter2.db',
    `the DSN scheme "sqlite:" (registered: none). Import '@harborage/driver-sqlite'`,
  ],
  ['./hunter2.db', 'a DSN without a scheme (registered: none). Begin it with a scheme'],
])('without a registered engine %j is rejected', async (dsn, message) => {
  const error = await failureOf(() => openDatabase(dsn))
  expect(error.code).toBe('unknown_driver')
  expect(error.message).toContain(message)
  expect(error.message).not.toContain('hunter2')
})
