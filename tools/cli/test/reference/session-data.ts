import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus, parseEventId } from '@harborage/core'
import { openSqlite } from '@harborage/driver-sqlite'
import { openJournalStore } from '@harborage/journal'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'

const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const run = { ...session, runId: 'r1' }

/** Returns an event id that is always the same. */
function eventId(number: number) {
  return parseEventId(`01JAAAAAAAAAAAAAAAAAAAAA${String(number).padStart(2, '0')}`)
}

/** Writes what the first session looks at: the same each time. */
export async function openHarborageData(dsn: string): Promise<void> {
  await using database = await openSqlite({ dsn })
  await using state = await openStateStore({ database })
  await using artifacts = await openArtifactStore({ database })
  const rules = { strategy: 'truncation', budgetTokens: 4_000, bus: createEventBus() } as const
  await using memory = await openMemoryStore({ database, ...rules })
  await using journal = await openJournalStore({ database })
  const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))
  const cart = { items: [{ sku: 'tea', count: 2 }], total: 19.9 }
  await state.save({
    eventId: eventId(1),
    identity: session,
    kind: 'session.cart',
    bytes: json(cart),
  })
  const checkpoint = { step: 3, done: ['search', 'compare'] }
  await state.save({
    eventId: eventId(2),
    identity: run,
    kind: 'task.checkpoint',
    bytes: json(checkpoint),
  })
  const other = { ...session, tenantId: 'globex', userId: 'bob' }
  await state.save({ eventId: eventId(3), identity: other, kind: 'session.cart', bytes: json({}) })
  await artifacts.putText(session, 'the page of a shop\n'.repeat(2_000), {
    filename: 'shop.html',
    mimeType: 'text/html',
  })
  await memory.addTurn(session, {
    turnId: eventId(4),
    timestamp: new Date('2026-01-31T09:39:00Z'),
    userMessage: 'Find me a green tea.',
    assistantResponse: 'This one is in stock.',
  })
  const steps = ['search', 'compare', 'order']
  await journal.append(
    run,
    'events',
    steps.map((step, index) => ({
      entryId: eventId(10 + index),
      type: 'step',
      bytes: json({ step }),
    })),
  )
}
