import { openArtifactStore } from '@harborage/artifacts'
import { allOfSession, createEventBus, isHarborageError, newEventId } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { openPlace } from './support/places.ts'
import { everyEngine } from './support/test-place.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

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
    for (const table of ['state_records', 'artifacts_blobs', 'memory_state', 'memory_passages']) {
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
      () => deleteSession(state, ann),
      () => artifacts.putText(ann, 'text'),
      () => artifacts.exists(ann, 'default_0123456789ab'),
      () => memory.addTurn(ann, { userMessage: 'hello', assistantResponse: 'hi' }),
      () => memory.getLlmContext(ann),
      () => memory.passages.replace(ann, 'messages', []),
      () => memory.passages.search(allOfSession(ann), 'messages', 'lamp'),
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

  test('opening a store again is refused, naming the table and what to do', async () => {
    await using place = await makePlace()
    const opening = async (table: string, migrate: 'apply' | 'verify') => {
      await using database = await openPlace(place)
      await using _store = table.startsWith('state')
        ? await openStateStore({ database, migrate })
        : table.startsWith('artifacts')
          ? await openArtifactStore({ database, migrate })
          : await openMemoryStore({ database, migrate, bus: createEventBus() })
    }
    for (const table of ['state_records', 'artifacts_blobs', 'memory_state']) {
      await opening(table, 'apply')
      await place.runScript(`drop table ${table}`)
      for (const migrate of ['apply', 'verify'] as const) {
        const error = await failureOf(opening(table, migrate))
        expect(error).toMatchObject({ code: 'invalid_config', retryable: false })
        expect(error.message).toContain(`the table ${table} is gone`)
        expect(error.message).toContain('restore it from a backup')
      }
    }
  })

  test('a call that meets a renamed column is not retryable: it would fail again', async () => {
    await using place = await makePlace()
    await using database = await openPlace(place)
    await using state = await openStateStore({ database })
    await place.runScript('alter table state_records rename column version to edition')
    for (const call of [() => state.load(ann, 'k'), () => state.save(record)]) {
      const error = await failureOf(call())
      expect(error).toMatchObject({ code: 'store_unavailable', retryable: false })
    }
  })
})
