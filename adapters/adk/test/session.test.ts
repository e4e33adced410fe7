import { createEvent, InMemorySessionService, type BaseSessionService } from '@google/adk'
import { HarborageSessionService, sessionIdentity } from '@harborage/adk'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { describe, expect, test } from 'vitest'

import { acme, ann, eventOf, textsOf } from './support/events.ts'
import { memory, places, type Stores } from './support/places.ts'

const s1 = { ...ann, sessionId: 's1' }

function serviceOf({ state, journal }: Stores): HarborageSessionService {
  return new HarborageSessionService({ state, journal, tenant: acme })
}

describe.each(places)('sessions on $name', ({ open }) => {
  test('have their events and the state of all three levels, in every process', async () => {
    const stores = await open()
    const service = serviceOf(stores)
    const state = { color: 'red', 'user:size': 'M', 'app:open': true, 'temp:scratch': 1 }
    const session = await service.createSession({ ...s1, state })
    expect(session).toMatchObject({ id: 's1', appName: 'shop', userId: 'ann', events: [] })
    const kept = { color: 'red', 'user:size': 'M', 'app:open': true }
    expect(session.state).toEqual(kept)
    const delta = { color: 'blue', 'user:size': 'L', 'temp:scratch': 2, cart: ['lamp', null] }
    const event = eventOf('I take the lamp.', delta)
    await service.appendEvent({ session, event })
    const changed = { ...kept, color: 'blue', 'user:size': 'L', cart: ['lamp', null] }
    expect(session.state).toEqual(changed)
    expect(session.lastUpdateTime).toBeGreaterThanOrEqual(event.timestamp)

    const other = serviceOf(stores)
    const again = await other.getSession(s1)
    expect(again).toEqual(session)
    expect(again?.events[0]).toEqual(event)
    expect(again?.events[0]?.actions.stateDelta).not.toHaveProperty('temp:scratch')
    const second = await other.createSession({ ...ann, sessionId: 's2' })
    expect(second.state).toEqual({ 'user:size': 'L', 'app:open': true })
    const bob = await other.createSession({ ...s1, userId: 'bob' })
    expect(bob.state).toEqual({ 'app:open': true })
    const elsewhere = await other.createSession({ ...s1, appName: 'bank' })
    expect(elsewhere.state).toEqual({})
    expect(await other.getSession({ ...s1, sessionId: 'none' })).toBeUndefined()
  })

  test('give the newest events, and those since a time', async () => {
    const service = serviceOf(await open())
    const session = await service.createSession(s1)
    for (const [index, text] of ['a', 'b', 'c', 'd'].entries()) {
      const event = { ...eventOf(text), id: text, timestamp: 1000 + index }
      await service.appendEvent({ session, event })
    }
    await service.appendEvent({ session, event: { ...eventOf('B'), id: 'b', timestamp: 1001 } })
    const get = async (config: object): Promise<unknown> =>
      textsOf(await service.getSession({ ...s1, config }))
    expect(await get({})).toEqual(['a', 'B', 'c', 'd'])
    expect(await get({ numRecentEvents: 2 })).toEqual(['c', 'd'])
    expect(await get({ numRecentEvents: 3 })).toEqual(['B', 'c', 'd'])
    expect(await get({ numRecentEvents: 9 })).toEqual(['a', 'B', 'c', 'd'])
    expect(await get({ numRecentEvents: 0 })).toEqual([])
    expect(await get({ afterTimestamp: 1002 })).toEqual(['c', 'd'])
    expect(await get({ afterTimestamp: 1001, numRecentEvents: 1 })).toEqual(['d'])
    expect(await get({ afterTimestamp: 5000 })).toEqual([])
    for (const config of [
      { numRecentEvents: -1 },
      { numRecentEvents: 1.5 },
      { afterTimestamp: Number.NaN },
    ]) {
      expect(await failureOf(get(config))).toMatchObject({ code: 'invalid_record' })
    }
  })

  test('refuse a stale object, and lose nothing', async () => {
    const service = serviceOf(await open())
    const session = await service.createSession({ ...s1, state: { color: 'red' } })
    const stale = structuredClone(session)
    await service.appendEvent({ session, event: eventOf('a', { color: 'blue' }) })
    const before = structuredClone(stale)
    const event = eventOf('b', { color: 'green', size: 'M' })
    const refused = await failureOf(service.appendEvent({ session: stale, event }))
    expect(refused).toMatchObject({ code: 'condition_failed', retryable: false })
    expect(stale).toEqual(before)
    expect(await service.getSession(s1)).toEqual(session)
    const fresh = await service.getSession(s1)
    if (fresh === undefined) throw new Error('the session is there')
    await service.appendEvent({ session: fresh, event })
    expect(fresh.state).toEqual({ color: 'green', size: 'M' })
    expect(textsOf(fresh)).toEqual(['a', 'b'])
  })

  test('refresh a stale object, if they are told to', async () => {
    const stores = await open()
    const { state, journal } = stores
    const options = { state, journal, tenant: acme, staleSession: 'refresh' } as const
    const service = new HarborageSessionService(options)
    await service.createSession({ ...s1, state: { color: 'red' } })
    const objects = await Promise.all(Array.from({ length: 16 }, () => service.getSession(s1)))
    await Promise.all(
      objects.map(async (session, index) => {
        if (session === undefined) throw new Error('the session is there')
        const delta = {
          [`key${index}`]: index,
          [`user:u${index}`]: index,
          [`app:a${index}`]: index,
        }
        await service.appendEvent({ session, event: eventOf(`${index}`, delta) })
        expect(session.state).toMatchObject({ color: 'red', ...delta })
        expect(session.events.length).toBeGreaterThan(0)
      }),
    )
    const session = await service.getSession(s1)
    expect(Object.keys(session?.state ?? {})).toHaveLength(3 * 16 + 1)
    expect(textsOf(session)?.toSorted()).toEqual(objects.map((_, index) => `${index}`).toSorted())
  })

  test('keep what is temporary in an object that is refreshed', async () => {
    const { state, journal } = await open()
    const options = { state, journal, tenant: acme, staleSession: 'refresh' } as const
    const service = new HarborageSessionService(options)
    const session = await service.createSession(s1)
    const stale = structuredClone(session)
    stale.state['temp:tool'] = 'running'
    await service.appendEvent({ session, event: eventOf('a', { color: 'red' }) })
    await service.appendEvent({ session: stale, event: eventOf('b') })
    expect(stale.state).toEqual({ color: 'red', 'temp:tool': 'running' })
    expect(textsOf(stale)).toEqual(['a', 'b'])
  })

  test('keep each key that concurrent sessions of a user change', async () => {
    const stores = await open()
    const changes = Array.from({ length: 16 }, async (_, index) => {
      // A service of its own: so nothing in the process orders the calls.
      const service = serviceOf(stores)
      const session = await service.createSession({ ...ann, sessionId: `s${index}` })
      const delta = { own: index, [`user:u${index}`]: index, [`app:a${index}`]: index }
      await service.appendEvent({ session, event: eventOf('a', delta) })
    })
    await Promise.all(changes)
    for (const sessionId of ['s0', 's15']) {
      const session = await serviceOf(stores).getSession({ ...ann, sessionId })
      expect(Object.keys(session?.state ?? {})).toHaveLength(33)
    }
  })

  test('append concurrent events of one object in their order', async () => {
    const service = serviceOf(await open())
    const session = await service.createSession(s1)
    const texts = Array.from({ length: 16 }, (_, index) => `${index}`)
    await Promise.all(texts.map((text) => service.appendEvent({ session, event: eventOf(text) })))
    expect(textsOf(session)).toEqual(texts)
    expect(await service.getSession(s1)).toEqual(session)
  })

  test('append a repeated event once', async () => {
    const service = serviceOf(await open())
    const session = await service.createSession(s1)
    const lost = structuredClone(session)
    const event = eventOf('a', { color: 'red' })
    await service.appendEvent({ session, event: structuredClone(event) })
    // As after a lost answer: the caller has the object as it was.
    await service.appendEvent({ session: lost, event: structuredClone(event) })
    expect(lost).toEqual(session)
    await service.appendEvent({ session: lost, event: eventOf('b', { color: 'blue' }) })
    await service.appendEvent({ session: lost, event: structuredClone(event) })
    expect(lost.state).toEqual({ color: 'blue' })
    expect(textsOf(lost)).toEqual(['a', 'b'])
    const stored = await service.getSession(s1)
    expect(stored?.state).toEqual({ color: 'blue' })
    expect(textsOf(stored)).toEqual(['a', 'b'])
  })

  test('are made once', async () => {
    const service = serviceOf(await open())
    await service.createSession({ ...s1, state: { color: 'red' } })
    const again = service.createSession({ ...s1, state: { color: 'blue', 'user:size': 'L' } })
    expect(await failureOf(again)).toMatchObject({ code: 'condition_failed' })
    expect((await service.getSession(s1))?.state).toEqual({ color: 'red' })
    const request = { ...ann, sessionId: 's2', state: { color: 'green' } }
    const callers = Array.from({ length: 8 }, () => service.getOrCreateSession(request))
    for (const session of await Promise.all(callers)) {
      expect(session.state).toEqual({ color: 'green' })
    }
    const unnamed = await service.getOrCreateSession(ann)
    expect(unnamed.id).not.toBe('')
    expect(await service.getSession({ ...ann, sessionId: unnamed.id })).toEqual(unnamed)
  })

  test('are deleted with all that is theirs, and begin again', async () => {
    const stores = await open()
    const service = serviceOf(stores)
    const session = await service.createSession({
      ...s1,
      state: { color: 'red', 'user:size': 'M' },
    })
    await service.appendEvent({ session, event: eventOf('a') })
    await service.deleteSession(s1)
    await service.deleteSession(s1)
    expect(await service.getSession(s1)).toBeUndefined()
    const late = service.appendEvent({ session, event: eventOf('b', { color: 'blue' }) })
    expect(await failureOf(late)).toMatchObject({ code: 'not_found' })
    const identity = sessionIdentity(acme, s1)
    expect(await collect(stores.state.list(identity, ''))).toEqual([])
    expect(await collect(stores.journal.streams(identity))).toEqual([])
    const again = await service.createSession(s1)
    expect(again.state).toEqual({ 'user:size': 'M' })
    expect((await service.getSession(s1))?.events).toEqual([])
    expect(await failureOf(service.appendEvent({ session, event: eventOf('c') }))).toMatchObject({
      code: 'condition_failed',
    })
  })

  test('finish a deletion that was interrupted', async () => {
    const stores = await open()
    const service = serviceOf(stores)
    const session = await service.createSession(s1)
    await service.appendEvent({ session, event: eventOf('a') })
    const identity = sessionIdentity(acme, s1)
    await stores.state.delete(identity, 'adk.session')
    const again = await service.createSession(s1)
    expect((await service.getSession(s1))?.events).toEqual([])
    await service.appendEvent({ session: again, event: eventOf('b') })
    await service.deleteSession(s1)
    expect(await collect(stores.journal.streams(identity))).toEqual([])
  })

  test('are listed by application and user, in pages', async () => {
    const service = serviceOf(await open())
    for (const sessionId of ['b', 'a', 'c']) {
      const state = { of: sessionId, 'user:size': 'M' }
      const session = await service.createSession({ ...ann, sessionId, state })
      const event = { ...eventOf('x'), timestamp: 1e13 + sessionId.charCodeAt(0) }
      await service.appendEvent({ session, event })
    }
    await service.createSession({ appName: 'shop', userId: 'bob', sessionId: 'd' })
    await service.createSession({ appName: 'shop/ann', userId: 'ann', sessionId: 'e' })
    await service.createSession({
      appName: 'shop',
      userId: 'ann'.repeat(200),
      sessionId: 'f'.repeat(300),
    })
    const ids = async (request: object): Promise<unknown> =>
      (await service.listSessions({ ...ann, ...request })).sessions.map(({ id }) => id)
    expect(await ids({ order: 'asc' })).toEqual(['a', 'b', 'c'])
    expect(await ids({ order: 'desc' })).toEqual(['c', 'b', 'a'])
    expect(await ids({ order: 'asc', limit: 2 })).toEqual(['a', 'b'])
    expect(await ids({ order: 'asc', limit: 2, page: 2 })).toEqual(['c'])
    expect(await ids({ order: 'asc', offset: 1 })).toEqual(['b', 'c'])
    expect(await ids({ userId: 'carl' })).toEqual([])
    expect(await ids({ userId: 'ann'.repeat(200) })).toEqual(['f'.repeat(300)])
    const everyone = await service.listSessions({ appName: 'shop' })
    expect(everyone.sessions.map(({ id }) => id).toSorted()).toEqual([
      'a',
      'b',
      'c',
      'd',
      'f'.repeat(300),
    ])
    const { sessions, ...numbers } = await service.listSessions({ ...ann, order: 'asc', limit: 1 })
    expect(numbers).toEqual({ page: 1, limit: 1, totalItems: 3, totalPages: 3 })
    expect(sessions).toMatchObject([{ id: 'a', state: { of: 'a', 'user:size': 'M' }, events: [] }])
    for (const wrong of [{ limit: -1 }, { limit: 1, page: 0 }, { offset: 0.5 }, { order: 'up' }]) {
      expect(await failureOf(ids(wrong))).toMatchObject({ code: 'invalid_record' })
    }
  })

  test('keep any key and any value that JSON has', async () => {
    const service = serviceOf(await open())
    const long = 'k'.repeat(2000)
    const state = {
      ...{ '': 1, '%': 2, 'a/b': 3, 'user:': 4, 'app:x:y': 5, [long]: 6, '\0': 7, '\ud800': 8 },
      ...{ nothing: null, list: [{ deep: [''] }], text: '😀 ‮', bytes: Uint8Array.of(0, 255) },
    }
    Object.defineProperty(state, '__proto__', { value: { a: 1 }, enumerable: true })
    const session = await service.createSession({ ...s1, state })
    expect(session.state).toEqual(state)
    expect(Object.hasOwn(session.state, '__proto__')).toBe(true)
    const delta = { list: undefined, [long]: 7 }
    await service.appendEvent({ session, event: eventOf('a', delta) })
    const stored = await service.getSession(s1)
    expect(stored?.state).not.toHaveProperty('list')
    expect(stored?.state[long]).toBe(7)
    for (const value of [() => 1, new Map(), Number.NaN, 1n]) {
      const refused = service.appendEvent({ session, event: eventOf('b', { value }) })
      expect(await failureOf(refused)).toMatchObject({ code: 'invalid_record' })
    }
    expect(textsOf(await service.getSession(s1))).toEqual(['a'])
  })
})

test('more than 1,000 keys are changed in one commit', async () => {
  const service = serviceOf(await memory.open())
  const keys = Array.from({ length: 2500 }, (_, index) => [`key${index}`, index] as const)
  const session = await service.createSession(s1)
  await service.appendEvent({ session, event: eventOf('a', Object.fromEntries(keys)) })
  expect((await service.getSession(s1))?.state).toEqual(Object.fromEntries(keys))
})

test('a partial event is not kept', async () => {
  const service = serviceOf(await memory.open())
  const session = await service.createSession(s1)
  const event = createEvent({ partial: true, actions: { stateDelta: { color: 'red' } } })
  expect(await service.appendEvent({ session, event })).toBe(event)
  expect(await service.getSession(s1)).toEqual(session)
  expect(session.events).toEqual([])
})

test('an event without an id or a timestamp is refused', async () => {
  const service = serviceOf(await memory.open())
  const session = await service.createSession(s1)
  for (const wrong of [{ id: '' }, { id: undefined }, { timestamp: Number.NaN }]) {
    const event = Object.assign(eventOf('a'), wrong)
    expect(await failureOf(service.appendEvent({ session, event }))).toMatchObject({
      code: 'invalid_record',
    })
  }
  expect(session.events).toEqual([])
})

test("a service answers as ADK's own in memory does", async () => {
  const ours = await scene(serviceOf(await memory.open()))
  expect(ours).toEqual(await scene(new InMemorySessionService()))
})

/** What a service answers, without what differs in each run. */
async function scene(service: BaseSessionService): Promise<unknown> {
  const session = await service.createSession({ ...s1, state: { color: 'red', 'temp:x': 1 } })
  const id = 'e1'
  const first = { ...eventOf('a', { color: 'blue', 'user:size': 'M', 'temp:y': 2 }), id }
  await service.appendEvent({ session, event: { ...first, timestamp: 1e13 } })
  await service.appendEvent({ session, event: { ...eventOf('b'), id: 'e2', timestamp: 2e13 } })
  await service.appendEvent({ session, event: { ...eventOf('A'), id, timestamp: 3e13 } })
  const stored = await service.getSession(s1)
  const newest = await service.getSession({ ...s1, config: { numRecentEvents: 1 } })
  const since = await service.getSession({ ...s1, config: { afterTimestamp: 2e13 } })
  const absent = await service.getSession({ ...s1, userId: 'bob' })
  const { sessions, ...numbers } = await service.listSessions({ ...ann, limit: 5, page: 1 })
  const none = await service.listSessions({ appName: 'none' })
  await service.deleteSession(s1)
  const deleted = await service.getSession(s1)
  return {
    ...{ session, stored, newest: textsOf(newest), since: textsOf(since), absent, numbers, none },
    ...{ listed: sessions.map(({ id: listed }) => listed), deleted },
  }
}
