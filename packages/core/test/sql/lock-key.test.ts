import { lockKey } from '@harborage/core/sql'
import { expect, test } from 'vitest'

// The published FNV-1a test vectors, 64 bits.
test.each([
  ['', 0xcbf29ce484222325n],
  ['a', 0xaf63dc4c8601ec8cn],
  ['b', 0xaf63df4c8601f1a5n],
  ['foobar', 0x85944171f73967e8n],
  ['chongo was here!\n', 0x46810940eff5f915n],
])('the key of %j is its FNV-1a hash', (name, hash) => {
  expect(BigInt.asUintN(64, lockKey(name))).toBe(hash)
})

test('a key fits the signed 64 bits of an advisory lock', () => {
  expect(lockKey('a')).toBe(0xaf63dc4c8601ec8cn - 2n ** 64n)
})

// Replicas of different versions have to use the same lock.
test.each([
  ['harbor-state-migrations', 1822362126547791207n],
  ['harbor-artifacts-migrations', 7550528845383515585n],
  ['harbor-memory-migrations', 6610278661020217717n],
])('the key of %s never changes', (name, key) => {
  expect(lockKey(name)).toBe(key)
})
