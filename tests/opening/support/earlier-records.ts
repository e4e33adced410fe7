import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEventId } from '@harborage/core'
import type { StateRecord } from '@harborage/state'

/** Resolves to the script that makes a database as the first version of the state store left it. */
export function earlierDatabase(engine: 'sqlite' | 'postgres'): Promise<string> {
  return readFile(join(import.meta.dirname, `../fixtures/state-0001-${engine}.sql`), 'utf8')
}

const updatedAt = new Date('2026-01-02T03:04:05.678Z')

/** The event id that the slot of the checkpoint held before the one that it holds. */
export const replacedEventId = parseEventId('01JGJ0000000000000000000A1')

export const checkpoint: StateRecord = {
  eventId: parseEventId('01JGJ0000000000000000000A2'),
  identity: { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' },
  kind: 'task.checkpoint',
  bytes: new TextEncoder().encode('step 2'),
  version: 2,
  updatedAt,
  createdAt: updatedAt,
  expiresAt: undefined,
}

/** What that database holds, ordered by kind. */
export const earlierRecords: readonly StateRecord[] = [
  {
    eventId: parseEventId('01JGJ0000000000000000000C1'),
    identity: { tenantId: 'müller & søn', userId: "o'hara", sessionId: '100%', runId: '' },
    kind: 'notes',
    bytes: new Uint8Array(),
    version: 0,
    updatedAt,
    createdAt: updatedAt,
    expiresAt: undefined,
  },
  {
    eventId: parseEventId('01JGJ0000000000000000000B1'),
    identity: { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: '' },
    kind: 'session.lifecycle',
    bytes: new Uint8Array([0, 1, 127, 128, 255, 92, 120]),
    version: 2 ** 53 - 1,
    updatedAt,
    createdAt: updatedAt,
    expiresAt: undefined,
  },
  checkpoint,
]
