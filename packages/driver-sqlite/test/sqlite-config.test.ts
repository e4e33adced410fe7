import { openSqlite } from '@harborage/driver-sqlite'
import { expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'

const dsn = ':memory:'

test.each<[what: string, config: unknown, named: string]>([
  ['nothing', undefined, 'expected object'],
  ['a text', 'hunter2.db', 'expected object'],
  ['no dsn', {}, 'dsn: '],
  ['a dsn that is undefined', { dsn: undefined }, 'dsn: '],
  ['a dsn that is a URL object', { dsn: new URL('file:///hunter2.db') }, 'dsn: '],
  ['an unknown durability', { dsn, durability: 'hunter2' }, 'durability: '],
  ['a durability that is false', { dsn, durability: false }, 'durability: '],
  ['a text in place of a flag', { dsn, secureDelete: 'hunter2' }, 'secureDelete: '],
  ['a time that is negative', { dsn, busyTimeoutMs: -1 }, 'busyTimeoutMs: '],
  ['a time that is no whole number', { dsn, busyTimeoutMs: 1.5 }, 'busyTimeoutMs: '],
  ['a time that is not a number', { dsn, busyTimeoutMs: Number.NaN }, 'busyTimeoutMs: '],
  ['a time without an end', { dsn, busyTimeoutMs: Infinity }, 'busyTimeoutMs: '],
  ['a negative time for a full disk', { dsn, retryTimeoutMs: -1 }, 'retryTimeoutMs: '],
  ['a time in a text', { dsn, busyTimeoutMs: '5000' }, 'busyTimeoutMs: '],
  ['an unknown option', { dsn, readonly: 'hunter2' }, '"readonly"'],
])('%s is rejected, naming the field and never the value', async (_, config, named) => {
  const opening: unknown = Reflect.apply(openSqlite, undefined, [config])
  const error = await failureOf(Promise.resolve(opening))
  expect(error.code).toBe('invalid_config')
  expect(error.message).toContain(named)
  expect(error.message).not.toContain('hunter2')
})
