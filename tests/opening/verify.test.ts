import { readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus, type StoreConfig } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { describe, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { openPlace } from './support/places.ts'
import { everyEngine, sqlitePlace } from './support/test-place.ts'

const stores: readonly (readonly [
  name: string,
  open: (config: StoreConfig) => Promise<AsyncDisposable>,
])[] = [
  ['state', openStateStore],
  ['artifacts', openArtifactStore],
  ['memory', (config) => openMemoryStore({ ...config, bus: createEventBus() })],
]

async function openAndClose(opening: Promise<AsyncDisposable>): Promise<void> {
  await using _store = await opening
}

describe.for(everyEngine)("migrate: 'verify' on $engine", ({ engine, makePlace }) => {
  test.for(stores)('of %s changes nothing of a new database', async ([, open]) => {
    await using place = await makePlace()
    {
      await using database = await openPlace(place)
      const failure = await failureOf(openAndClose(open({ database, migrate: 'verify' })))
      expect(failure).toMatchObject({ code: 'schema_outdated', retryable: false })
      expect(failure.message).toContain('in a process that may change the tables')
      expect(failure.message).not.toContain('role')
      expect(failure.message).toContain("migrate: 'apply'")
    }
    const asNew = await makePlace()
    expect(await place.structure()).toEqual(await asNew.structure())
    await asNew[Symbol.asyncDispose]()
  })

  test.for(stores)('of %s is satisfied on the same database by apply', async ([, open]) => {
    await using place = await makePlace()
    await using database = await openPlace(place)
    await failureOf(openAndClose(open({ database, migrate: 'verify' })))
    await openAndClose(open({ database }))
    await openAndClose(open({ database, migrate: 'verify' }))
    await openAndClose(open({ driver: engine, dsn: place.dsn, migrate: 'verify' }))
  })
})

test.for(stores)('verify of %s makes no SQLite file', async ([, open]) => {
  await using place = await sqlitePlace()
  const dsn = `sqlite:${place.dsn}`
  const failure = await failureOf(openAndClose(open({ dsn, migrate: 'verify' })))
  expect(failure.code).toBe('schema_outdated')
  expect(await readdir(dirname(place.dsn))).toEqual([])
})
