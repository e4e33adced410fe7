import { createEvent, stringifyContent, type Event, type Session } from '@google/adk'

/** The tenant of the tests. */
export const acme = { tenantId: 'acme' }
/** The user of the tests, of an application. */
export const ann = { appName: 'shop', userId: 'ann' }

/** Returns an event that says something and changes the state. */
export function eventOf(text: string, stateDelta: Record<string, unknown> = {}): Event {
  return createEvent({
    author: 'user',
    invocationId: 'i1',
    content: { role: 'user', parts: [{ text }] },
    actions: { stateDelta },
  })
}

/** Returns what the events of a session say. */
export function textsOf(session: Session | undefined): readonly string[] | undefined {
  return session?.events.map(stringifyContent)
}
