import { artifactsConformance } from '@harborage/conformance/artifacts'
import { stateConformance } from '@harborage/conformance/state'
import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus, type Database } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { CALL_MS_OF_VARIANT, measure } from '@harborage/test-kit/measure'
import { openPGlite } from './pglite-database.ts'

let database: Database

beforeAll(async () => {
  database = await openPGlite()
})

afterAll(() => database.close())

describe('the state store on PGlite', () => {
  stateConformance(
    { describe, it },
    {
      open: () => openStateStore({ database }),
      durable: true,
      callMs: CALL_MS_OF_VARIANT,
      histories: { runs: measure({ quick: 10, full: 100 }) },
    },
  )
})

describe('the artifact store on PGlite', () => {
  artifactsConformance(
    { describe, it },
    {
      open: (options) => openArtifactStore({ database, ...options }),
      durable: true,
      callMs: CALL_MS_OF_VARIANT,
      histories: { runs: measure({ quick: 10, full: 100 }) },
    },
  )
})

test('the memory store keeps a conversation on PGlite', async () => {
  const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
  await using memory = await openMemoryStore({
    database,
    strategy: 'truncation',
    bus: createEventBus(),
  })
  const turn = { userMessage: '\u{feff}When?', assistantResponse: 'At 9:40.' }
  await memory.addTurn(identity, turn)
  expect((await memory.getLlmContext(identity)).recentTurns).toMatchObject([turn])
})
