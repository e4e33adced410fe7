import { createEventBus } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { identity } from './support/good-arguments.ts'

const BEGIN = '{"format":"harborage.memory","version":1,"strategy":"truncation","summary":"",'

/** Each would take many slices to read, unless it is rejected earlier. */
const hostile: Readonly<Record<string, () => string>> = {
  'unknown keys': () =>
    `{${Array.from({ length: 500_000 }, (_, index) => `"k${index}":1`).join(',')}}`,
  'turn ids': () => `${BEGIN}"turns":[],"turnIds":[${'"x",'.repeat(1_500_000)}"x"]}`,
  'open brackets': () => '['.repeat(6_000_000),
  'open brackets in a turn': () => `${BEGIN}"turns":[${'['.repeat(6_000_000)}`,
  'malformed turns': () => `${BEGIN}"turns":[${'1,'.repeat(3_000_000)}1],"turnIds":[]}`,
  'empty turns': () => `${BEGIN}"turns":[${'{},'.repeat(2_000_000)}{}],"turnIds":[]}`,
}

test.each(Object.entries(hostile))(
  'a snapshot with very many %s is rejected before it is read completely',
  async (_name, text) => {
    await using memory = await openMemoryStore({ strategy: 'truncation', bus: createEventBus() })
    const bytes = Buffer.from(text())
    let rounds = 0
    let isReading = true
    const nextRound = (): void => {
      rounds += 1
      if (isReading) setImmediate(nextRound)
    }
    setImmediate(nextRound)
    const error = await failureOf(() => memory.restore(identity, { bytes }))
    isReading = false
    expect(error.code).toBe('invalid_snapshot')
    expect(rounds).toBeLessThan(5)
  },
)
