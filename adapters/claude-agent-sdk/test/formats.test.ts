import type { SessionKey } from '@anthropic-ai/claude-agent-sdk'
import { newEventId } from '@harborage/core'
import { HarborageSessionStore } from '@harborage/claude-agent-sdk'
import { slotInspector, streamInspector } from '@harborage/claude-agent-sdk/inspect'
import {
  fixturesIn,
  restoreSessions,
  type SessionsFixture,
} from '@harborage/test-kit/adapters/fixtures'
import { memory, places } from '@harborage/test-kit/adapters/places'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

import { ann, keyOf, message, messages, PROJECT, subKeyOf, textsOf } from './support/entries.ts'

const folder = join(import.meta.dirname, '../fixtures')
const fixtures = fixturesIn<SessionsFixture>(folder, 'transcripts-format-*.json')

const long: SessionKey = {
  projectKey: 'p'.repeat(500),
  sessionId: 's'.repeat(300),
  subpath: 'x'.repeat(700),
}

describe.each(fixtures)('%s', (_, fixture) => {
  test.each(places)('is read on $name as it was written, and goes on', async ({ open }) => {
    const stores = await open()
    await restoreSessions(stores, ann, fixture)
    const store = new HarborageSessionStore({ ...stores, owner: ann })
    expect(textsOf(await store.load(keyOf('s1')))).toEqual(['hello', 'The title', 'in two parts'])
    expect(textsOf(await store.load(subKeyOf('s1', '1')))).toEqual(['of a sub-agent'])
    expect(textsOf(await store.load(long))).toEqual(['of a long key'])
    const { projectKey, sessionId } = long
    expect(await store.listSubkeys({ projectKey, sessionId })).toEqual([long.subpath])
    expect(await store.listSessions(projectKey)).toMatchObject([{ sessionId }])

    // What is there is recognized.
    await store.append(keyOf('s1'), messages('hello'))
    expect(await store.load(keyOf('s1'))).toHaveLength(3)
    await store.append(keyOf('s1'), [message('more', { lastPrompt: 'more' })])
    const [summary] = await store.listSessionSummaries(PROJECT)
    expect(summary?.data).toMatchObject({ customTitle: 'The title', lastPrompt: 'more' })
  })

  test('is described and read by the inspectors', async () => {
    const stores = await memory.open()
    await restoreSessions(stores, ann, fixture)
    const described: unknown[] = []
    for (const { sessionId, stream } of fixture.streams) {
      described.push(streamInspector.describe(stream))
      for await (const entry of stores.journal.read({ ...ann, sessionId }, stream)) {
        expect(await streamInspector.decode(stream, entry)).toMatchObject({ isReadable: true })
      }
    }
    expect(described).toEqual(
      expect.arrayContaining([
        { label: 'transcript', names: { projectKey: PROJECT } },
        {
          label: 'transcript of a sub-agent',
          names: { projectKey: PROJECT, subpath: 'subagents/agent-1' },
        },
        { label: 'transcript of a sub-agent', names: {} },
      ]),
    )
    for (const { sessionId = 's1' } of fixture.records) {
      for await (const record of stores.state.list({ ...ann, sessionId }, '')) {
        expect(slotInspector.describe(record.kind)?.label).toBe('summary of a session')
        const content = await slotInspector.decode(record)
        expect(content).toMatchObject({ isReadable: true, value: { data: {} } })
      }
    }
  })
})

test.each([
  ['newer_format', '{"format":2,"entry":{},"projectKey":"p"}', 'schema_too_new'],
  ['newer_format', '{"format":2}\nx', 'schema_too_new'],
  ['damaged', '{"format":1,"entry":7}', 'invalid_record'],
  ['damaged', '{"format":1,"entry":{}}\nx', 'invalid_record'],
  ['damaged', '{"format":1,"part":{"of":"x"}}\nx', 'invalid_record'],
  ['damaged', '', 'invalid_record'],
  ['damaged', '{"format":', 'invalid_record'],
  ['damaged', '[]', 'invalid_record'],
] as const)('what is %s is told as such: %j', async (reason, text, code) => {
  const stores = await memory.open()
  const { journal, state } = stores
  const store = new HarborageSessionStore({ ...stores, owner: ann })
  await store.append(keyOf('s1'), messages('a'))
  const identity = { ...ann, sessionId: keyOf('s1').sessionId }
  const bytes = new TextEncoder().encode(text)
  const stream = `claude.transcript/${PROJECT}`
  await journal.append(identity, stream, [{ entryId: newEventId(), bytes }])
  expect(await failureOf(store.load(keyOf('s1')))).toMatchObject({ code })
  const [, entry] = await collect(journal.read(identity, stream))
  const [held] = await collect(state.list(identity, ''))
  if (entry === undefined || held === undefined) throw new Error('both are there')
  const unreadable = { isReadable: false, reason }
  expect(await streamInspector.decode(stream, entry)).toMatchObject(unreadable)

  await state.save({ ...held, eventId: newEventId(), bytes })
  if (text.includes('\n')) return
  expect(await slotInspector.decode({ ...held, bytes })).toMatchObject(unreadable)
  expect(await failureOf(store.listSessions(PROJECT))).toMatchObject({ code })
  expect(await failureOf(store.append(keyOf('s1'), messages('b')))).toMatchObject({ code })
})

test.each([
  ...['claude.transcript', 'claude.transcript/', 'claude.transcript/a/', 'claude.transcript/a/b/c'],
  ...['claude.transcript/%', 'claude.transcript/%h', 'claude.transcript//a', 'openai.items', ''],
])('a stream that no session store writes is not described: %j', async (stream) => {
  expect(streamInspector.describe(stream)).toBeUndefined()
})

test.each([
  'claude.summary',
  'claude.summary/',
  'claude.summary/a/b',
  'claude.summary/%41',
  'lg',
  '',
])('a slot that no session store writes is not described: %j', async (kind) => {
  expect(slotInspector.describe(kind)).toBeUndefined()
})
