import { artifactsConformance } from '@harborage/conformance/artifacts'
import { stateConformance } from '@harborage/conformance/state'
import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus, newEventId, type Database } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { measure } from '@harborage/test-kit/measure'
import { shareOfSuite } from '@harborage/test-kit/share-of-suite'
import { openPGlite } from './pglite-database.ts'

/** The one process of PGlite makes its calls one after the other. */
const CALL_MS = measure({ quick: 20, full: 4 })

let database: Database

beforeAll(async () => {
  database = await openPGlite()
})

afterAll(() => database.close())

describe('the state store on PGlite', () => {
  stateConformance(shareOfSuite({ describe, it }, { of: 24, part: 6 }), {
    open: () => openStateStore({ database }),
    durable: true,
    callMs: CALL_MS,
    histories: { runs: measure({ quick: 3, full: 100 }) },
  })
})

describe('the artifact store on PGlite', () => {
  artifactsConformance(shareOfSuite({ describe, it }, { of: 24, part: 3 }), {
    open: (options) => openArtifactStore({ database, ...options }),
    durable: true,
    callMs: CALL_MS,
    histories: { runs: measure({ quick: 3, full: 100 }) },
  })
})

test('the memory store keeps a conversation on PGlite, forgets a turn and deletes it', async () => {
  const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
  await using memory = await openMemoryStore({
    database,
    strategy: 'truncation',
    bus: createEventBus(),
  })
  const turn = {
    turnId: newEventId(),
    userMessage: '\u{feff}When?',
    assistantResponse: 'At 9:40.',
  }
  await memory.addTurn(identity, turn)
  expect((await memory.getLlmContext(identity)).recentTurns).toMatchObject([turn])
  expect(await memory.forget(identity, turn.turnId)).toBe('removed')
  expect(await memory.forget(identity, turn.turnId)).toBe('absent')
  expect(await memory.delete(identity)).toBe(true)
})
