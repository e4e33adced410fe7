import { createEventBus } from '@harborage/core'
import { MAX_SNAPSHOT_BYTES, openMemoryStore } from '@harborage/memory'
import { expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { identity } from './support/good-arguments.ts'

const MEGABYTE = 1_000_000

test('snapshot rejects a conversation that is too large to be restored, and the error explains what to do', async () => {
  await using memory = await openMemoryStore({ strategy: 'truncation', bus: createEventBus() })
  const other = { ...identity, sessionId: 'other' }
  const turn = { userMessage: 'x'.repeat(MEGABYTE), assistantResponse: '' }
  const mostTurns = Math.floor(MAX_SNAPSHOT_BYTES / MEGABYTE)
  for (let count = 1; count <= mostTurns; count += 1) await memory.addTurn(identity, turn)

  await memory.restore(other, await memory.snapshot(identity))
  await memory.addTurn(identity, turn)
  const error = await failureOf(() => memory.snapshot(identity))
  expect(error.code).toBe('invalid_snapshot')
  expect(error.message).toContain('budgetTokens')
})
