import type { Event } from '@google/adk'
import { HarborageSessionService } from '@harborage/adk'
import { describe, expect, test } from 'vitest'

import { acme, ann, eventOf, textsOf } from './support/events.ts'
import { places } from './support/places.ts'

const s1 = { ...ann, sessionId: 's1' }

describe.each(places)('events that take the place of one another on $name', ({ open }) => {
  test('are each repeated once after a lost answer', async () => {
    const { state, journal } = await open()
    const service = new HarborageSessionService({ state, journal, tenant: acme })
    const session = await service.createSession(s1)
    const event = eventOf('first', { turn: 0 })
    await service.appendEvent({ session, event: structuredClone(event) })
    for (let turn = 1; turn <= 20; turn += 1) {
      const lost = structuredClone(session)
      const other = versionOf(event, `turn ${turn}`, turn)
      await service.appendEvent({ session, event: structuredClone(other) })
      // As after a lost answer: the caller has the object as it was.
      await service.appendEvent({ session: lost, event: structuredClone(other) })
      expect(lost.lastUpdateTime).toBe(session.lastUpdateTime)
      const stored = await service.getSession(s1)
      expect(stored?.lastUpdateTime).toBe(session.lastUpdateTime)
      expect(textsOf(stored)).toEqual([`turn ${turn}`])
      expect(stored?.state).toEqual({ turn })
    }
  })

  test('go back to what one was before', async () => {
    const { state, journal } = await open()
    const service = new HarborageSessionService({ state, journal, tenant: acme })
    const session = await service.createSession(s1)
    const event = eventOf('first', { turn: 'first' })
    for (const text of ['first', 'second', 'first', 'second', 'second', 'first']) {
      await service.appendEvent({ session, event: versionOf(event, text, text) })
      const stored = await service.getSession(s1)
      expect(textsOf(stored)).toEqual([text])
      expect(stored?.state).toEqual({ turn: text })
      expect(textsOf(await service.getSession({ ...s1, config: { numRecentEvents: 1 } }))).toEqual([
        text,
      ])
    }
  })
})

/** Returns an event that takes the place of another one. */
function versionOf({ id, timestamp }: Event, text: string, turn: unknown): Event {
  return { ...eventOf(text, { turn }), id, timestamp }
}
