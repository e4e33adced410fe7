import { InMemorySessionService } from '@google/adk'
import { HarborageSessionService, importSessions, sessionIdentity } from '@harborage/adk'
import type { JournalStore } from '@harborage/journal'
import { failureOf } from '@harborage/test-kit/failure-of'
import { describe, expect, test } from 'vitest'

import { acme, ann, eventOf } from './support/events.ts'
import { malformed } from './support/malformed.ts'
import { memory, places } from './support/places.ts'

/** Fills a service of ADK with sessions of two users. */
async function filled(): Promise<InMemorySessionService> {
  const from = new InMemorySessionService()
  for (const userId of ['ann', 'bob']) {
    for (const sessionId of ['s1', 's2']) {
      const session = await from.createSession({ ...ann, userId, sessionId })
      const state = { own: `${userId} ${sessionId}`, 'user:size': userId, 'app:open': true }
      for (let index = 0; index < 600; index += 1) {
        const delta = index === 599 ? state : { [`key${index % 7}`]: index }
        await from.appendEvent({ session, event: eventOf(`${index}`, delta) })
      }
    }
  }
  await from.createSession({ appName: 'bank', userId: 'ann', sessionId: 's1' })
  return from
}

describe.each(places)('an import on $name', ({ open }) => {
  test('brings sessions as they were, and goes on after an interruption', async () => {
    const { state, journal } = await open()
    const from = await filled()
    const options = { from, state, journal, tenant: acme, appName: 'shop' }
    const onProgress = ({ sessions }: { readonly sessions: number }): void => {
      if (sessions === 2) throw new Error('interrupted')
    }
    const interrupted = importSessions({ ...options, onProgress })
    await expect(interrupted).rejects.toThrow('interrupted')
    const seen: unknown[] = []
    const counts = await importSessions({
      ...options,
      onProgress: (progress) => void seen.push(progress),
    })
    expect(counts).toEqual({ sessions: 4, total: 4, imported: 2, events: 1200 })
    expect(seen.at(-1)).toEqual(counts)
    const to = new HarborageSessionService({ state, journal, tenant: acme })
    for (const userId of ['ann', 'bob']) {
      for (const sessionId of ['s1', 's2']) {
        const key = { ...ann, userId, sessionId }
        expect(await to.getSession(key)).toEqual(await from.getSession(key))
      }
    }
    expect((await to.listSessions({ appName: 'bank' })).totalItems).toBe(0)
    const session = await to.getSession({ ...ann, sessionId: 's1' })
    if (session === undefined) throw new Error('the session was imported')
    await to.appendEvent({ session, event: eventOf('next', { 'user:size': 'L' }) })
    expect(await importSessions(options)).toMatchObject({ imported: 0 })
    expect(await to.getSession({ ...ann, sessionId: 's1' })).toEqual(session)
  })

  test('brings an event that the source has twice once, as it was last', async () => {
    const { state, journal } = await open()
    const from = new InMemorySessionService()
    const session = await from.createSession({ ...ann, sessionId: 's1' })
    for (const [id, text] of [
      ['x', 'first'],
      ['y', 'second'],
      ['x', 'changed'],
    ] as const) {
      await from.appendEvent({ session, event: { ...eventOf(text), id } })
    }
    const options = { from, state, journal, tenant: acme, appName: 'shop' }
    expect(await importSessions(options)).toMatchObject({ imported: 1 })
    const to = new HarborageSessionService({ state, journal, tenant: acme })
    const stored = await to.getSession({ ...ann, sessionId: 's1' })
    expect(stored?.events.map(({ id }) => id)).toEqual(['x', 'y'])
  })

  test('goes on where events of a session were appended already', async () => {
    const { state, journal } = await open()
    const from = await filled()
    const options = { from, state, journal, tenant: acme, appName: 'shop', userId: 'ann' }
    await importSessions(options)
    // As if the process had been killed before the session was there.
    const identity = sessionIdentity(acme, { ...ann, sessionId: 's1' })
    await state.delete(identity, 'adk.session')
    expect(await importSessions(options)).toMatchObject({ total: 2, imported: 1, events: 600 })
    const to = new HarborageSessionService({ state, journal, tenant: acme })
    const key = { ...ann, sessionId: 's1' }
    expect(await to.getSession(key)).toEqual(await from.getSession(key))
  })
})

describe.each(places)('a session that is deleted while it is imported on $name', ({ open }) => {
  test('is imported as a whole, or not at all', async () => {
    const { state, journal } = await open()
    const from = await filled()
    const options = { from, state, tenant: acme, appName: 'shop', userId: 'ann' }
    const to = new HarborageSessionService({ state, journal, tenant: acme })
    const key = { ...ann, sessionId: 's1' }
    // After the first of two appends of the import.
    const deleting = beside(journal, 'append', 'after', () => to.deleteSession(key))
    await importSessions({ ...options, journal: deleting })
    expect(await to.getSession(key)).toEqual(await from.getSession(key))
    await to.deleteSession(key)

    const killed = beside(journal, 'append', 'after', () => Promise.reject(new Error('killed')))
    await expect(importSessions({ ...options, journal: killed })).rejects.toThrow('killed')
    // After the deletion saw no session, and before it removes the events of the import.
    const importing = beside(journal, 'delete', 'before', () =>
      importSessions({ ...options, journal }),
    )
    const late = new HarborageSessionService({ state, journal: importing, tenant: acme })
    await late.deleteSession(key)
    expect(await to.getSession(key)).toBeUndefined()
    expect(await importSessions({ ...options, journal })).toMatchObject({ imported: 1 })
    expect(await to.getSession(key)).toEqual(await from.getSession(key))
  })
})

/** Returns the same journal, which does something beside the first call of a method. */
function beside(
  journal: JournalStore,
  method: 'append' | 'delete',
  when: 'before' | 'after',
  work: () => Promise<unknown>,
): JournalStore {
  let isFirst = true
  return new Proxy(journal, {
    get(target, member): unknown {
      const value: unknown = Reflect.get(target, member)
      if (typeof value !== 'function') return value
      if (member !== method || !isFirst) return value.bind(target)
      isFirst = false
      return async (...given: readonly unknown[]): Promise<unknown> => {
        if (when === 'before') await work()
        const result: unknown = await Reflect.apply(value, target, given)
        if (when === 'after') await work()
        return result
      }
    },
  })
}

test('an import ends when its signal is aborted, and refuses wrong options', async () => {
  const { state, journal } = await memory.open()
  const from = await filled()
  const options = { from, state, journal, tenant: acme, appName: 'shop' }
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(importSessions({ ...options, signal })).rejects.toThrow('enough')
  for (const wrong of [
    ...[undefined, { ...options, from: state }, { ...options, onProgress: 7 }],
    ...[
      { ...options, journal: state },
      { ...options, tenant: undefined },
      { ...options, to: 1 },
    ],
  ]) {
    const failure = await failureOf(importSessions(malformed(wrong)))
    expect(failure).toMatchObject({ name: 'HarborageError' })
  }
})
