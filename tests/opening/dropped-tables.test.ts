import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus, isHarborageError, newEventId } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { describe, expect, test } from 'vitest'

import { openPlace } from './support/places.ts'
import { everyEngine } from './support/test-place.ts'

const ann = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const record = { eventId: newEventId(), identity: ann, kind: 'k', bytes: new Uint8Array(1) }

describe.for(everyEngine)('on $engine, with dropped tables', ({ makePlace }) => {
  test('every call is store_unavailable with a message about the missing table', async () => {
    await using place = await makePlace()
    await using database = await openPlace(place)
    await using state = await openStateStore({ database })
    await using artifacts = await openArtifactStore({ database })
    const rules = { strategy: 'truncation', bus: createEventBus() } as const
    await using memory = await openMemoryStore({ database, ...rules })
    for (const table of ['state_records', 'artifacts_blobs', 'memory_state']) {
      await place.runScript(`drop table ${table}`)
    }
    const slot = { identity: ann, kind: 'k' }
    for (const call of [
      () => state.load(ann, 'k'),
      () => state.save(record),
      () => state.save(record, { ifEventId: null }),
      () => state.commit({ save: [record] }),
      () => state.commit({ delete: [slot] }),
      () => state.delete(ann, 'k'),
      () => state.deleteScope(ann),
      () => artifacts.putText(ann, 'text'),
      () => artifacts.exists(ann, 'default_0123456789ab'),
      () => memory.addTurn(ann, { userMessage: 'hello', assistantResponse: 'hi' }),
      () => memory.getLlmContext(ann),
    ]) {
      const error: unknown = await call().catch((thrown: unknown) => thrown)
      expect([String(call), isHarborageError(error, 'store_unavailable')]).toEqual([
        String(call),
        true,
      ])
      expect(error).toMatchObject({ retryable: false })
      expect(String(error)).toContain('a table of the store is gone')
    }
  })
})
