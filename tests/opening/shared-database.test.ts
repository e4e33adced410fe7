import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus, type Database, newEventId } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { describe, expect, test } from 'vitest'
import { openPlace } from './support/places.ts'
import { everyEngine } from './support/test-place.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

function everySort(database: Database): Promise<{ close(): Promise<void> }>[] {
  return [
    openStateStore({ database }),
    openArtifactStore({ database }),
    openMemoryStore({ database, bus: createEventBus() }),
  ]
}

describe.for(everyEngine)('on $engine', ({ makePlace }) => {
  test('stores may open at once on one fresh database, and all of them work', async () => {
    await using place = await makePlace()
    await using database = await openPlace(place)
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStateStore({ database })))
    const outcomes = stores.map((state, index) =>
      state.save({
        eventId: newEventId(),
        identity,
        kind: `store ${index}`,
        bytes: new Uint8Array(),
      }),
    )
    expect(await Promise.all(outcomes)).toEqual(['saved', 'saved', 'saved', 'saved'])
  })

  test.for(['an existing schema', 'a schema that does not exist yet'])(
    'stores of every sort may open at once on several databases, in %s',
    async (where) => {
      await using place = await makePlace()
      const schema = where === 'a schema that is there' ? {} : { schema: 'nobody_made_it' }
      const databases = await Promise.all(
        Array.from({ length: 5 }, () => openPlace({ dsn: place.dsn, ...schema })),
      )
      const opened = await Promise.allSettled(databases.flatMap(everySort))
      for (const store of opened) if (store.status === 'fulfilled') await store.value.close()
      for (const database of databases) await database.close()
      expect(opened.filter(({ status }) => status === 'rejected')).toEqual([])
    },
  )

  test('closing a store does not close its database for the others', async () => {
    await using place = await makePlace()
    await using database = await openPlace(place)
    const [one, other] = await Promise.all([
      openStateStore({ database }),
      openStateStore({ database }),
    ])
    await one.close()
    await expect(one.load(identity, 'note')).rejects.toMatchObject({ code: 'store_closed' })
    expect(await other.load(identity, 'note')).toBeUndefined()
    await using late = await openStateStore({ database })
    expect(await late.load(identity, 'note')).toBeUndefined()
  })

  test('a closed database rejects the calls of its stores and the opening of another one', async () => {
    await using place = await makePlace()
    const database = await openPlace(place)
    const state = await openStateStore({ database })
    await database.close()
    const closed = { code: 'store_closed', retryable: false }
    const record = { eventId: newEventId(), identity, kind: 'note', bytes: new Uint8Array() }
    await expect(state.load(identity, 'note')).rejects.toMatchObject(closed)
    await expect(state.save(record)).rejects.toMatchObject(closed)
    await expect(state.commit({ save: [record] })).rejects.toMatchObject(closed)
    await expect(openStateStore({ database })).rejects.toMatchObject(closed)
    await state.close()
    await database.close()
  })

  test('calls in flight finish before the database is closed, and their saves are stored', async () => {
    await using place = await makePlace()
    const database = await openPlace(place)
    const state = await openStateStore({ database })
    const saves = Array.from({ length: 30 }, (_, index) =>
      state.save({
        eventId: newEventId(),
        identity,
        kind: `k${index}`,
        bytes: new Uint8Array(),
      }),
    )
    await database.close()
    expect(new Set(await Promise.all(saves))).toEqual(new Set(['saved']))
    await using again = await openPlace(place)
    await using reopened = await openStateStore({ database: again })
    expect(await deleteSession(reopened, identity)).toBe(30)
  })

  test('a database that is closed while a store opens on it ends that opening cleanly', async () => {
    await using place = await makePlace()
    const database = await openPlace(place)
    const opening = openStateStore({ database }).then(
      () => 'opened',
      (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
    )
    await database.close()
    expect(['opened', 'store_closed']).toContain(await opening)
  })
})
