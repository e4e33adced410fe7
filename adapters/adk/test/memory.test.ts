import { createEvent, InMemoryMemoryService, type BaseMemoryService } from '@google/adk'
import {
  HarborageMemoryService,
  HarborageSessionService,
  sessionIdentity,
  userIdentity,
} from '@harborage/adk'
import { allOfSession, allOfTenant, allOfUser } from '@harborage/core'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { describe, expect, test } from 'vitest'

import { acme, ann, eventOf } from './support/events.ts'
import { malformed } from './support/malformed.ts'
import { memory as inMemory, places, type Stores } from './support/places.ts'

const s1 = { ...ann, sessionId: 's1' }

/** Remembers a session that says some texts. */
async function remember(
  stores: Stores,
  key: typeof s1,
  texts: readonly string[],
  tenant = acme,
): Promise<void> {
  const { memory, state, journal } = stores
  const sessions = new HarborageSessionService({ state, journal, tenant })
  const session = await sessions.getOrCreateSession(key)
  for (const [index, text] of texts.entries()) {
    const event = { ...eventOf(text), timestamp: 2e12 + index }
    await sessions.appendEvent({ session, event })
  }
  await new HarborageMemoryService({ memory, tenant }).addSessionToMemory(session)
}

async function said(service: BaseMemoryService, query: string, user = ann): Promise<unknown> {
  const { memories } = await service.searchMemory({ ...user, query })
  return memories.map(({ content }) => content.parts?.map(({ text }) => text).join())
}

describe.each(places)('the memory on $name', ({ open }) => {
  test('finds what sessions of a user said, by words, ranked', async () => {
    const stores = await open()
    await remember(stores, s1, ['The lamp is red.', 'A shelf.', 'My red lamp is on the red shelf.'])
    await remember(stores, { ...s1, sessionId: 's2' }, ['One LAMP more'])
    await remember(stores, { ...s1, userId: 'bob' }, ['The lamp of Bob'])
    await remember(stores, { ...s1, appName: 'bank' }, ['The lamp of the bank'])
    await remember(stores, s1, ['The lamp of Beta'], { tenantId: 'beta' })
    const service = new HarborageMemoryService({ memory: stores.memory, tenant: acme })
    expect(await said(service, 'Red lamp?')).toEqual([
      'My red lamp is on the red shelf.',
      'The lamp is red.',
      'One LAMP more',
    ])
    expect(await said(service, 'lamp', { ...ann, userId: 'carl' })).toEqual([])
    const { memories } = await service.searchMemory({ ...ann, query: 'more' })
    expect(memories).toEqual([
      {
        content: { role: 'user', parts: [{ text: 'One LAMP more' }] },
        author: 'user',
        timestamp: new Date(2e12).toISOString(),
      },
    ])
    const one = new HarborageMemoryService({ memory: stores.memory, tenant: acme, limit: 1 })
    expect(await said(one, 'lamp')).toHaveLength(1)
  })

  test('has of a session what is said in it now, however often it is added', async () => {
    const stores = await open()
    const service = new HarborageMemoryService({ memory: stores.memory, tenant: acme })
    const texts = ['one lamp', 'two lamps', 'three lamps and a lamp']
    for (const _ of texts) await remember(stores, s1, ['lamp'])
    expect(await said(service, 'lamp')).toHaveLength(3)
    const session = {
      ...ann,
      id: 's1',
      state: {},
      events: texts.map((text, index) => ({ ...eventOf(text), timestamp: 2e12 + index })),
      lastUpdateTime: 1,
    }
    for (let times = 0; times < 2; times += 1) await service.addSessionToMemory(session)
    expect(await said(service, 'lamp')).toEqual(['three lamps and a lamp', 'one lamp'])
  })

  test('has of a session what it said when it was added last', async () => {
    const stores = await open()
    const service = new HarborageMemoryService({ memory: stores.memory, tenant: acme })
    await remember(stores, s1, ['a lamp'])
    await remember(stores, s1, ['a shelf'])
    expect(await said(service, 'lamp shelf')).toHaveLength(2)
    await remember(stores, s1, [])
    expect(await said(service, 'lamp shelf')).toHaveLength(2)
  })

  test('is erased with the session, the user and the tenant', async () => {
    const stores = await open()
    const { memory } = stores
    const service = new HarborageMemoryService({ memory, tenant: acme })
    for (const subtree of [
      allOfSession(sessionIdentity(acme, s1)),
      allOfUser(userIdentity(acme, ann)),
      allOfTenant(acme),
    ]) {
      await remember(stores, s1, ['a lamp'])
      expect(await said(service, 'lamp')).not.toEqual([])
      await memory.deleteAll(subtree)
      expect(await said(service, 'lamp')).toEqual([])
    }
  })

  test('goes with a deleted session if the session service has the memory', async () => {
    const stores = await open()
    const { memory, state, journal } = stores
    const service = new HarborageMemoryService({ memory, tenant: acme })
    const other = { ...s1, sessionId: 's2' }
    const bank = { ...s1, appName: 'bank' }
    for (const key of [s1, other, bank]) await remember(stores, key, [`a lamp of ${key.appName}`])
    const alone = new HarborageSessionService({ state, journal, tenant: acme })
    await alone.deleteSession(s1)
    expect(await said(service, 'lamp')).toHaveLength(2)
    const sessions = new HarborageSessionService({ state, journal, memory, tenant: acme })
    for (let times = 0; times < 2; times += 1) await sessions.deleteSession(s1)
    expect(await said(service, 'lamp')).toHaveLength(1)
    await sessions.deleteSession(other)
    expect(await said(service, 'lamp')).toEqual([])
    expect(await said(service, 'lamp', bank)).toEqual(['a lamp of bank'])
  })

  test('takes a query as words, whatever it holds', async () => {
    const stores = await open()
    const service = new HarborageMemoryService({ memory: stores.memory, tenant: acme })
    await remember(stores, s1, ['a lamp', 'Straße 電気'])
    for (const query of ['"lamp" OR *', "lamp'); --", 'lamp NEAR(', 'lamp & ! |', 'lamp\0']) {
      expect(await said(service, query)).toEqual(['a lamp'])
    }
    expect(await said(service, 'STRAßE')).toEqual(['Straße 電気'])
    for (const query of ['', ' ', '?!', 'lam', 'x'.repeat(200_000)]) {
      expect(await said(service, query)).toEqual([])
    }
    expect(await said(service, `lamp ${'x'.repeat(200_000)}`)).toEqual(['a lamp'])
  })
})

test('what is no word is not remembered, and files are left out', async () => {
  const { memory } = await inMemory.open()
  const service = new HarborageMemoryService({ memory, tenant: acme })
  const inlineData = { mimeType: 'image/png', data: 'AP8=' }
  const events = [
    createEvent({ content: { role: 'user', parts: [{ text: 'a lamp' }, { inlineData }] } }),
    createEvent({ content: { role: 'user', parts: [{ inlineData }] } }),
    createEvent({}),
    createEvent({ content: { role: 'model', parts: [{ text: `${'y '.repeat(50_000)} lamp` }] } }),
  ]
  const session = { ...ann, id: 's1', state: {}, events, lastUpdateTime: 1 }
  await service.addSessionToMemory(session)
  const { memories } = await service.searchMemory({ ...ann, query: 'lamp' })
  expect(memories.map(({ content }) => content.parts)).toEqual([[{ text: 'a lamp' }]])
  expect((await service.searchMemory({ ...ann, query: 'y' })).memories).toHaveLength(1)
})

test('wrong options and arguments are refused', async () => {
  const { memory, state } = await inMemory.open()
  for (const options of [
    ...[{ memory: state, tenant: acme }, { tenant: acme }, { memory, tenant: acme, limit: 0 }],
    ...[
      { memory, tenant: acme, limit: 101 },
      { memory, tenant: acme, top: 1 },
    ],
  ]) {
    expect(() => new HarborageMemoryService(malformed(options))).toThrow(
      expect.objectContaining({ code: 'invalid_config' }),
    )
  }
  const service = new HarborageMemoryService({ memory, tenant: acme })
  const noUser = service.searchMemory(malformed({ appName: 'shop', query: 'lamp' }))
  expect(await failureOf(noUser)).toMatchObject({ code: 'identity_required' })
  const noQuery = service.searchMemory(malformed(ann))
  expect(await failureOf(noQuery)).toMatchObject({ code: 'invalid_record' })
})

test("it finds what ADK's own memory finds", async () => {
  const { memory } = await inMemory.open()
  const ours = new HarborageMemoryService({ memory, tenant: acme })
  const theirs = new InMemoryMemoryService()
  const events = ['The lamp', 'a shelf', 'lamp and shelf'].map((text) => eventOf(text))
  const session = { ...ann, id: 's1', state: {}, events, lastUpdateTime: 1 }
  for (const service of [ours, theirs]) await service.addSessionToMemory(session)
  for (const query of ['lamp', 'SHELF', 'lamp shelf', 'none']) {
    const [mine, other] = await Promise.all([said(ours, query), said(theirs, query)])
    expect(new Set(mine as string[])).toEqual(new Set(other as string[]))
  }
})

test('beyond 10,000 events, what is remembered seldom changes its place', async () => {
  const { memory } = await inMemory.open()
  const service = new HarborageMemoryService({ memory, tenant: acme })
  const all = Array.from({ length: 11_001 }, (_, index) => ({
    ...eventOf(`word${index}`),
    timestamp: 2e12 + index,
  }))
  const placeAfter = async (events: number): Promise<number | undefined> => {
    const session = { ...ann, id: 's1', state: {}, events: all.slice(0, events), lastUpdateTime: 1 }
    await service.addSessionToMemory(session)
    const [kept] = await collect(memory.passages.dump({ maintenanceScoped: true }))
    expect(await said(service, `word${events - 1}`)).toHaveLength(1)
    expect(await said(service, `word${events - 9_001}`)).toHaveLength(1)
    return kept?.passages.findIndex(({ createdAt }) => createdAt.getTime() === 2e12 + 5_000)
  }
  expect(await placeAfter(10_000)).toBe(5_000)
  for (const events of [10_001, 10_002, 11_000]) expect(await placeAfter(events)).toBe(4_000)
  expect(await placeAfter(11_001)).toBe(3_000)
})
