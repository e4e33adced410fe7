import { createEventBus } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { collect } from '@harborage/test-kit/collect'
import { expect, test } from 'vitest'

import { identity } from './support/good-arguments.ts'

const PASSAGES = 500
const WORDS = 100

test('passages.replace does not block the event loop while it digests many words', async () => {
  await using memory = await openMemoryStore({ bus: createEventBus() })
  const passages = Array.from({ length: PASSAGES }, (_, index) => ({
    text: Array.from({ length: WORDS }, (_each, word) => `w${index}x${word}`).join(' '),
    bytes: Uint8Array.of(1),
  }))
  let rounds = 0
  let isKeeping = true
  const nextRound = (): void => {
    rounds += 1
    if (isKeeping) setImmediate(nextRound)
  }
  setImmediate(nextRound)
  await memory.passages.replace(identity, 'notes', passages)
  isKeeping = false
  expect(rounds).toBeGreaterThan(3)
})

test('passages.replace keeps what its arguments were at the call', async () => {
  await using memory = await openMemoryStore({ bus: createEventBus() })
  const passages = ['one lamp', 'two lamps'].map((text) => ({ text, bytes: Uint8Array.of(1) }))
  const keeping = memory.passages.replace(identity, 'notes', passages)
  for (const passage of passages) Object.assign(passage, { text: 'changed' }).bytes.fill(2)
  passages.length = 0
  await keeping
  const [kept, ...others] = await collect(memory.passages.dump({ maintenanceScoped: true }))
  expect(others).toEqual([])
  expect(kept?.passages.map(({ words, bytes }) => [words.length, [...bytes]])).toEqual([
    [2, [1]],
    [2, [1]],
  ])
})
