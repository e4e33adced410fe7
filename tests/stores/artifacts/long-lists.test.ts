import '@harborage/driver-fs'
import '@harborage/driver-postgres'
import { openArtifactStore } from '@harborage/artifacts'
import { openSqlite } from '@harborage/driver-sqlite'
import { describe, expect, test } from 'vitest'

import { fillWithArtifacts } from './support/fill-with-artifacts.ts'
import { measureListing } from './support/measure-listing.ts'
import { placeInMemory, placeInPostgres, placeInSqlite, type Place } from './support/places.ts'
import { measure } from '@harborage/test-kit/measure'

/** More than the refs of one page need, and less than those of the whole list. */
const MOST_BYTES = 4 * 1024 * 1024
/** A put takes as long with a large source, which `pnpm test` has more of in fewer refs. */
const SOURCE_BYTES = measure({ quick: 15_000, full: 200 })
const QUICK_COUNT = 400

// measure/listing.ts does the same with as many as one likes.
describe.each<[driver: string, count: number, open: () => Promise<Place>]>([
  ['SQLite', measure({ quick: QUICK_COUNT, full: 100_000 }), placeInSqlite],
  ['Postgres', measure({ quick: QUICK_COUNT, full: 20_000 }), placeInPostgres],
  ['fs', measure({ quick: QUICK_COUNT, full: 10_000 }), placeInMemory],
])('on %s', (driver, count, openPlace) => {
  test(`a list of ${count} refs is walked with the memory of a page`, async () => {
    await using place = await openPlace()
    await fill(driver, place.dsn, count)
    const walk = await measureListing(place.dsn)
    expect(walk.count).toBe(count)
    expect(walk.peakBytes).toBeLessThan(MOST_BYTES)
  })
})

async function fill(driver: string, dsn: string, count: number): Promise<void> {
  // Nothing here has to outlive a power failure.
  await using database =
    driver === 'SQLite' ? await openSqlite({ dsn, durability: 'normal' }) : undefined
  await using artifacts = await openArtifactStore(database === undefined ? { dsn } : { database })
  await fillWithArtifacts(artifacts, count, SOURCE_BYTES)
}
