/**
 * What a user's own tests under Jest meet: errors of Node.js, which are no instances of the Error
 * of this realm.
 */
import '@harborage/driver-fs'
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus, newEventId } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { expect, test } from '@jest/globals'

import { newPath } from '../new-path.ts'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

test("Node's errors are of another realm here", async () => {
  const { readFile } = await import('node:fs/promises')
  const error: unknown = await readFile(newPath('absent')).catch((caught: unknown) => caught)
  expect(error instanceof Error).toBe(false)
})

test('a new SQLite file is made, and found again', async () => {
  const dsn = `sqlite:${newPath('new.db')}`
  const state = await openStateStore({ dsn })
  const record = { eventId: newEventId(), identity, kind: 'note', bytes: new Uint8Array([1, 2]) }
  expect(await state.save(record)).toBe('saved')
  await state.close()
  const again = await openStateStore({ dsn })
  expect((await again.load(identity, 'note'))?.bytes).toEqual(record.bytes)
  await again.close()
})

test('an SQLite file in a folder that is not there is refused as such', async () => {
  const dsn = `sqlite:${newPath('absent')}/new.db`
  await expect(openStateStore({ dsn })).rejects.toMatchObject({ code: 'invalid_config' })
})

test('a conversation is kept in a new SQLite file', async () => {
  const memory = await openMemoryStore({
    dsn: `sqlite:${newPath('memory.db')}`,
    bus: createEventBus(),
    strategy: 'truncation',
  })
  await memory.addTurn(identity, { userMessage: 'hello', assistantResponse: 'hi' })
  expect((await memory.getLlmContext(identity)).recentTurns).toHaveLength(1)
  await memory.close()
})

test('artifacts are kept on files in a new folder, and a missing one is not there', async () => {
  const artifacts = await openArtifactStore({ dsn: `fs:${newPath('artifacts')}` })
  const { id } = await artifacts.putText(identity, 'heavy output')
  expect(await artifacts.putText(identity, 'heavy output')).toMatchObject({ id })
  expect(await artifacts.getText(identity, id)).toBe('heavy output')
  expect(await artifacts.get(identity, 'f'.repeat(12))).toBeUndefined()
  expect(await artifacts.exists(identity, 'f'.repeat(12))).toBe(false)
  expect(await artifacts.delete(identity, id)).toBe(true)
  expect(await artifacts.getText(identity, id)).toBeUndefined()
  await artifacts.close()
})

test('a Postgres that refuses connections is unavailable, and the call may be repeated', async () => {
  const dsn = process.env['JEST_REFUSING_DSN'] ?? ''
  await expect(openStateStore({ dsn })).rejects.toMatchObject({
    code: 'store_unavailable',
    retryable: true,
    message: expect.stringContaining('ECONNREFUSED'),
  })
})

test('a Postgres that is there keeps what is saved', async () => {
  const state = await openStateStore({ dsn: process.env['JEST_POSTGRES_DSN'] ?? '' })
  const record = { eventId: newEventId(), identity, kind: 'note', bytes: new Uint8Array([1]) }
  expect(await state.save(record)).toBe('saved')
  expect((await state.load(identity, 'note'))?.bytes).toEqual(record.bytes)
  await state.close()
})
