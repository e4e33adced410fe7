import { allOfUser, newEventId } from '@harborage/core'
import { HarborageSession } from '@harborage/openai-agents'
import { memory, places } from '@harborage/test-kit/adapters/places'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { MemorySession, type AgentInputItem } from '@openai/agents'
import { describe, expect, test } from 'vitest'

import { ann, messages, textOf } from './support/items.ts'
import { malformed } from './support/malformed.ts'

async function texts(session: HarborageSession, limit?: number): Promise<unknown[]> {
  return (await session.getItems(limit)).map(textOf)
}

describe.each(places)('a session on $name', ({ open }) => {
  test('has the items that were added, in their order, and the newest ones with a limit', async () => {
    const { journal } = await open()
    const session = new HarborageSession({ journal, owner: ann, sessionId: 's1' })
    expect(await session.getItems()).toEqual([])
    await session.addItems(messages('a', 'b', 'c'))
    await session.addItems([])
    await session.addItems(messages('d'))
    const again = new HarborageSession({ journal, owner: ann, sessionId: 's1' })
    expect(await again.getItems()).toEqual([...messages('a', 'b', 'c'), ...messages('d')])
    expect(await texts(again, 2)).toEqual(['c', 'd'])
    expect(await texts(again, 9)).toEqual(['a', 'b', 'c', 'd'])
    for (const limit of [0, -1]) expect(await texts(again, limit)).toEqual([])
    expect(await again.getSessionId()).toBe('s1')
  })

  test('gives each of concurrent pops another item, the newest first', async () => {
    const { journal } = await open()
    const session = new HarborageSession({ journal, owner: ann })
    expect(await session.popItem()).toBeUndefined()
    await session.addItems(messages('a', 'b', 'c', 'd'))
    expect(textOf(await session.popItem())).toBe('d')
    await session.addItems(messages('e'))
    const popped = await Promise.all([session.popItem(), session.popItem(), session.popItem()])
    expect(popped.map((item) => `${textOf(item)}`).toSorted()).toEqual(['b', 'c', 'e'])
    expect(await texts(session)).toEqual(['a'])
    expect(textOf(await session.popItem())).toBe('a')
    expect(await session.popItem()).toBeUndefined()
  })

  test('is empty after it was cleared, and begins again', async () => {
    const { journal } = await open()
    const session = new HarborageSession({ journal, owner: ann, sessionId: 's1' })
    await session.clearSession()
    await session.addItems(messages('a'))
    await session.applyHistoryTransaction({
      operationId: 'o1',
      transaction: { type: 'append_items', items: messages('b') },
    })
    await session.clearSession()
    expect(await session.getItems()).toEqual([])
    const { tenantId, userId } = ann
    expect(await collect(journal.streams(allOfUser({ tenantId, userId })))).toEqual([])
    await session.addItems(messages('c'))
    expect(await texts(session)).toEqual(['c'])
  })

  test('replaces its items by a compaction in one step', async () => {
    const { journal } = await open()
    const session = new HarborageSession({ journal, owner: ann })
    await session.addItems(messages('a', 'b'))
    await session.replaceHistoryWithCompaction(messages('summary', 'b'))
    expect(await texts(session)).toEqual(['summary', 'b'])
  })

  test('keeps sessions and users apart, and is erased with its user', async () => {
    const { journal } = await open()
    const open2 = (owner: typeof ann, sessionId: string) =>
      new HarborageSession({ journal, owner, sessionId })
    const long = `${'s'.repeat(256)}\u0000`
    const bob = { ...ann, userId: 'bob' }
    const sessions = [
      open2(ann, 's1'),
      open2(ann, 's2'),
      open2(ann, long),
      open2(ann, `${long}x`),
      open2(ann, '%'),
      open2(bob, 's1'),
    ]
    for (const [index, session] of sessions.entries()) {
      await session.addItems(messages(`${index}`))
    }
    for (const [index, session] of sessions.entries()) {
      expect(await texts(session)).toEqual([`${index}`])
    }
    expect(await sessions[2]?.getSessionId()).toBe(long)
    await journal.deleteAll(allOfUser(ann))
    const left = await Promise.all(sessions.map((session) => session.getItems()))
    expect(left.map((items) => items.length)).toEqual([0, 0, 0, 0, 0, 1])
  })
})

/** Items of every kind of content that may be lost on the way through JSON. */
const hostile: readonly AgentInputItem[] = [
  {
    type: 'message',
    role: 'user',
    content: [{ type: 'input_text', text: 'a\u0000\uD800 "\u2028' }],
    providerData: { __proto__: null, n: -0.5, nothing: null, $bytes: 'AAAA', list: [[], {}] },
  },
  {
    type: 'function_call_result',
    name: 'photo',
    callId: 'c1',
    status: 'completed',
    output: {
      type: 'image',
      image: { data: Uint8Array.from([0, 255, 128]), mediaType: 'image/png' },
      providerData: { $bytes: 'no bytes', $$bytes: 1 },
    },
  },
  { type: 'unknown', providerData: { $$bytes: { $bytes: 'x' } } },
]

test('items are kept as they are, with their bytes', async () => {
  const { journal } = await memory.open()
  const session = new HarborageSession({ journal, owner: ann })
  await session.addItems([...hostile])
  expect(await session.getItems()).toStrictEqual(
    hostile.map((item) => structuredClone({ ...item })),
  )
})

test('items are captured when they are added', async () => {
  const { journal } = await memory.open()
  const session = new HarborageSession({ journal, owner: ann })
  const [item] = messages('before')
  if (item === undefined) throw new Error('there is a message')
  const adding = session.addItems([item])
  Object.assign(item, { content: 'after' })
  await adding
  expect(await texts(session)).toEqual(['before'])
})

test.each([
  ['a function', { type: 'unknown', providerData: { call: () => 1 } }],
  ['a Map', { type: 'unknown', providerData: { map: new Map() } }],
  ['NaN', { type: 'unknown', providerData: { n: Number.NaN } }],
  ['a text in place of an item', 'text'],
])('%s is refused, and nothing is added', async (_, item) => {
  const { journal } = await memory.open()
  const session = new HarborageSession({ journal, owner: ann })
  const items = [...messages('a'), malformed<AgentInputItem>(item)]
  expect(await failureOf(session.addItems(items))).toMatchObject({ code: 'invalid_record' })
  expect(await session.getItems()).toEqual([])
})

test('the owner of each call may come from a function', async () => {
  const { journal } = await memory.open()
  let owner: typeof ann | undefined = ann
  const current = (): typeof ann => {
    if (owner === undefined) throw new Error('there is no request')
    return owner
  }
  const session = new HarborageSession({ journal, owner: current, sessionId: 's1' })
  await session.addItems(messages('of ann'))
  owner = { ...ann, userId: 'bob' }
  expect(await session.getItems()).toEqual([])
  owner = undefined
  await expect(session.getItems()).rejects.toThrow('there is no request')
})

test('what is missing, malformed or misspelled is refused by the constructor', async () => {
  const { journal, state } = await memory.open()
  const make = (options: object) => failureOf(() => new HarborageSession(malformed(options)))
  const cases: readonly (readonly [object, string])[] = [
    [{ journal }, 'identity_required'],
    [{ journal, owner: { tenantId: 'acme' } }, 'identity_required'],
    [{ journal, owner: { ...ann, sessionId: 's1' } }, 'invalid_identity'],
    [{ journal, owner: ann, sessionId: undefined }, 'identity_required'],
    [{ journal, owner: ann, sessionId: '' }, 'identity_required'],
    [{ journal, owner: ann, sessionId: 7 }, 'invalid_identity'],
    [{ journal: state, owner: ann }, 'invalid_config'],
    [{ journal, owner: ann, sesionId: 's1' }, 'invalid_config'],
    [{ journal, owner: ann, guard: 1 }, 'invalid_config'],
  ]
  for (const [options, code] of cases) expect(await make(options)).toMatchObject({ code })
})

test("each method does what that of the SDK's own session in memory does", async () => {
  const { journal } = await memory.open()
  const ours = new HarborageSession({ journal, owner: ann, sessionId: newEventId() })
  const theirs = new MemorySession({ sessionId: 's1' })
  const call = { type: 'function_call', name: 'pay', status: 'completed' } as const
  for (const session of [ours, theirs]) {
    await session.addItems(messages('a', 'b'))
    await session.addItems([
      { ...call, callId: 'c1', arguments: '{"amount":1}' },
      ...messages('c'),
      { ...call, callId: 'c1', arguments: '{"amount":2}' },
      { ...call, callId: 'c2', arguments: '{}' },
    ])
    await session.applyHistoryMutations({
      mutations: [
        {
          type: 'replace_function_call',
          callId: 'c1',
          replacement: { ...call, callId: 'c1', arguments: '{"amount":3}' },
        },
      ],
    })
    await session.applyHistoryMutations({ mutations: [] })
  }
  expect(await ours.getItems()).toEqual(await theirs.getItems())
  expect(await ours.popItem()).toEqual(await theirs.popItem())
  expect(await ours.getItems(2)).toEqual(await theirs.getItems(2))
})
