import { join } from 'node:path'

import { newEventId } from '@harborage/core'
import { claimRunState, HarborageSession } from '@harborage/openai-agents'
import { slotInspector, streamInspector } from '@harborage/openai-agents/inspect'
import {
  fixturesIn,
  restoreSessions,
  type SessionsFixture,
} from '@harborage/test-kit/adapters/fixtures'
import { memory, places } from '@harborage/test-kit/adapters/places'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { describe, expect, test } from 'vitest'

import { ann } from './support/items.ts'

const folder = join(import.meta.dirname, '../fixtures')
const fixtures = fixturesIn<SessionsFixture>(folder, 'sessions-format-*.json')

describe.each(fixtures)('%s', (_, fixture) => {
  test.each(places)('is read on $name as it was written', async ({ open }) => {
    const stores = await open()
    await restoreSessions(stores, ann, fixture)
    const { journal, state } = stores
    const session = new HarborageSession({ journal, owner: ann, sessionId: 's1' })
    const items = await session.getItems()
    expect(items).toHaveLength(4)
    expect(items[0]).toEqual({ role: 'user', content: 'Where is my order 4711?' })
    expect(items[2]).toMatchObject({
      output: { image: { data: Uint8Array.from([0, 255, 128]) }, providerData: { $bytes: 'none' } },
    })
    const [, , , last] = items
    if (last === undefined) throw new Error('there are four items')
    const transaction = { type: 'append_items' as const, items: [last] }
    await session.applyHistoryTransaction({ operationId: 'o1', transaction })
    expect(await session.getItems()).toHaveLength(4)
    const long = new HarborageSession({ journal, owner: ann, sessionId: 's'.repeat(300) })
    expect(await long.getItems()).toHaveLength(1)

    const claim = { state, owner: ann, sessionId: 's1' }
    expect(await claimRunState({ ...claim, runState: 'finished run' })).toEqual({
      status: 'finished',
      outcome: 'You paid 42.',
    })
    const held = await claimRunState({ ...claim, runState: 'held run' })
    // The lease of the fixture has expired long ago.
    expect(held.status).toBe('claimed')
  })

  test('is described and read by the inspectors', async () => {
    const stores = await memory.open()
    await restoreSessions(stores, ann, fixture)
    const identity = { ...ann, sessionId: 's1' }
    const labels: unknown[] = []
    for await (const record of stores.state.list(identity, '')) {
      labels.push(slotInspector.describe(record.kind)?.label)
      expect(await slotInspector.decode(record)).toMatchObject({ isReadable: true })
    }
    expect(new Set(labels)).toEqual(
      new Set(['claim of a run', 'end of a claim', 'outcome of a run']),
    )
    for (const { sessionId, stream } of fixture.streams) {
      expect(streamInspector.describe(stream)).toBeDefined()
      const entries = await collect(stores.journal.read({ ...ann, sessionId }, stream))
      for (const entry of entries) {
        expect(await streamInspector.decode(stream, entry)).toMatchObject({ isReadable: true })
      }
    }
  })
})

test.each([
  ['newer_format', '{"format":2,"item":{},"outcome":"x"}', 'schema_too_new'],
  ['damaged', '{"format":1,"item":7,"outcome":7}', 'invalid_record'],
  ['damaged', '', 'invalid_record'],
  ['damaged', '{"format":', 'invalid_record'],
  ['damaged', '[]', 'invalid_record'],
] as const)('what is %s is told as such: %s', async (reason, text, code) => {
  const { journal, state } = await memory.open()
  const session = new HarborageSession({ journal, owner: ann, sessionId: 's1' })
  const identity = { ...ann, sessionId: 's1' }
  const bytes = new TextEncoder().encode(text)
  await journal.append(identity, 'openai.items', [{ entryId: newEventId(), bytes }])
  expect(await failureOf(session.getItems())).toMatchObject({ code })
  const [entry] = await collect(journal.read(identity, 'openai.items'))
  if (entry === undefined) throw new Error('there is an entry')
  const unreadable = { isReadable: false, reason }
  expect(await streamInspector.decode('openai.items', entry)).toMatchObject(unreadable)

  const claim = await claimRunState({ state, owner: ann, sessionId: 's1', runState: 'run state' })
  if (claim.status === 'claimed') await claim.claim.finish()
  const [held] = await collect(state.list(identity, 'openai.outcome/'))
  if (held === undefined) throw new Error('there is an outcome')
  await state.save({ ...held, eventId: newEventId(), bytes })
  const again = claimRunState({ state, owner: ann, sessionId: 's1', runState: 'run state' })
  expect(await failureOf(again)).toMatchObject({ code })
  expect(await slotInspector.decode({ ...held, bytes })).toMatchObject(unreadable)
})

test('what others wrote is not described', async () => {
  const { journal, state } = await memory.open()
  const identity = { ...ann, sessionId: 's1' }
  const bytes = new TextEncoder().encode('x')
  await state.save({ identity, kind: 'lg/x', eventId: newEventId(), bytes })
  await journal.append(identity, 'transcript', [{ entryId: newEventId(), bytes }])
  const [record] = await collect(state.list(identity, ''))
  const [entry] = await collect(journal.read(identity, 'transcript'))
  if (record === undefined || entry === undefined) throw new Error('both are there')
  expect(slotInspector.describe('lg/x')).toBeUndefined()
  expect(await slotInspector.decode(record)).toBeUndefined()
  expect(streamInspector.describe('transcript')).toBeUndefined()
  expect(await streamInspector.decode('transcript', entry)).toBeUndefined()
})
