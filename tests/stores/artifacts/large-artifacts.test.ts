import { describe, expect, test } from 'vitest'

import { measure } from '@harborage/test-kit/measure'
import { measureLargeArtifact } from './support/measure-large-artifact.ts'
import { durablePlaces } from './support/places.ts'

const MIB = 1024 * 1024
const SIZE_MIB = measure({ quick: 32, full: 64 })
const SIZE = SIZE_MIB * MIB

describe.each(durablePlaces)(`${SIZE_MIB} MiB on %s`, (_driver, openPlace) => {
  test('can be put and got with at most four times as much memory', async () => {
    await using place = await openPlace()
    const put = await measureLargeArtifact(place.dsn, 'put', SIZE)
    expect(put.peakBytes).toBeLessThanOrEqual(4 * SIZE)
    const got = await measureLargeArtifact(place.dsn, 'get', SIZE, put.id)
    expect(got.peakBytes).toBeLessThanOrEqual(4 * SIZE)
  })
})
