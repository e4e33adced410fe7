import { openArtifactStore } from '@harborage/artifacts'
import {
  createEventBus,
  type EventBus,
  type Identity,
  identityContext,
  listenToOperations,
  openDatabase,
  parseEventId,
} from '@harborage/core'
import { createContext } from '@harborage/core/kit'
import { openFsArtifactDriver } from '@harborage/driver-fs'
import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { callOn, subject, type Subject } from './subject.ts'

const identity: Identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

/** Returns the functions that open something, which is closed again. */
export function openers(): Subject[] {
  const rules = { bus: createEventBus(), strategy: 'truncation', budgetTokens: 9, recentTurns: 2 }
  return [
    opener('openStateStore', openStateStore, () => [{ dsn: 'memory:', migrate: 'verify' }]),
    opener('openArtifactStore', openArtifactStore, () => [{ dsn: 'memory:', maxBytes: 9 }]),
    opener('openMemoryStore', openMemoryStore, () => [{ dsn: 'memory:', ...rules }]),
    opener('openDatabase', openDatabase, () => ['sqlite::memory:']),
    opener('openSqlite', openSqlite, () => [{ dsn: ':memory:', durability: 'full' }]),
    opener('openFsArtifactDriver', openFsArtifactDriver, () => [{ dsn: 'fs:./files' }]),
    // No server listens there, so that even valid calls end at once.
    opener('openPostgres', openPostgres, () => [
      { dsn: 'postgres://u:5ecret@127.0.0.1:1/d', max: 1, schema: 's', retryTimeoutMs: 0 },
    ]),
  ]
}

/** Returns the functions that belong to no store. */
export function loneSubjects(): Subject[] {
  const event = { type: 'a', identity, occurredAt: new Date(0), payload: {} }
  const bus = createEventBus({ onListenerError: () => {} })
  return [
    subject(
      'createEventBus',
      () => [{ onListenerError: () => {} }],
      (args) => {
        // oxlint-disable-next-line typescript/no-unsafe-assignment -- the result of any junk is a bus.
        const made: EventBus = Reflect.apply(createEventBus, undefined, args)
        made.subscribe({}, () => {})
        return made.publish(event)
      },
    ),
    subject(
      'bus.subscribe',
      () => [{ type: 'a' }, () => {}],
      (args) => {
        const unsubscribe: unknown = callOn(bus, 'subscribe', args)
        void bus.publish(event)
        if (typeof unsubscribe === 'function') Reflect.apply(unsubscribe, undefined, [])
      },
    ),
    subject(
      'bus.publish',
      () => [event],
      (args) => {
        const unsubscribe = bus.subscribe({ type: 'a', tenantId: 'acme' }, () => {})
        try {
          callOn(bus, 'publish', args)
        } finally {
          unsubscribe()
        }
      },
    ),
    subject(
      'createContext',
      () => ['name'],
      (args) => Reflect.apply(createContext, undefined, args),
    ),
    subject(
      'context.run',
      () => [identity, () => 1],
      // What the work throws is its own.
      ([value, work]) =>
        callOn(identityContext, 'run', [value, typeof work === 'function' ? () => 1 : work]),
    ),
    subject(
      'parseEventId',
      () => ['id'],
      (args) => Reflect.apply(parseEventId, undefined, args),
    ),
    subject(
      'listenToOperations',
      () => [{ onEnd: () => {} }],
      (args) => {
        const stop: unknown = Reflect.apply(listenToOperations, undefined, args)
        if (typeof stop === 'function') Reflect.apply(stop, undefined, [])
      },
    ),
  ]
}

function opener(
  name: string,
  open: (config: never) => Promise<{ close(): Promise<void> }>,
  good: Subject['good'],
): Subject {
  return subject(name, good, async (args) => {
    const opened = await Reflect.apply(open, undefined, args as [never])
    await opened.close()
  })
}
