import '@harborage/driver-fs'
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'

import { describe, expect, test } from 'vitest'

import { faultsAfterKills } from './support/faults-after-kills.ts'
import { killInPuts, type Fault } from './support/kill-in-puts.ts'
import type { Acknowledged } from './support/killed-scope.ts'
import { durablePlaces, placeOnFiles } from './support/places.ts'
import { randomSource } from '@harborage/test-kit/random-source'
import { measure, shareOf } from '@harborage/test-kit/measure'

const ROUNDS = measure({ quick: 2, full: 100 })
const AT_ONCE = 3
const MOST_PUTS = 24

describe.each(durablePlaces)('on %s', (_driver, openPlace) => {
  test(`${ROUNDS} writers killed in the middle of their puts lose nothing and leave no partial artifact`, async () => {
    await using place = await openPlace()
    const acknowledged = await killWriters(place.dsn, ROUNDS, 'none')
    expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS)
    expect(await faultsAfterKills(place.dsn, acknowledged)).toEqual([])
    expect((await place.strayFiles?.()) ?? []).toEqual([])
  })
})

test.each(shareOf(durablePlaces, { of: 3, part: 0 }))(
  'on %s a writer that acknowledges before it stores is found out',
  async (_driver, openPlace) => {
    await using place = await openPlace()
    const acknowledged = await killWriters(place.dsn, AT_ONCE, 'acknowledges early')
    const faults = await faultsAfterKills(place.dsn, acknowledged)
    expect(faults.some((fault) => fault.endsWith('is lost'))).toBe(true)
  },
)

test('a writer that writes its files in place is found out', async () => {
  await using place = await placeOnFiles()
  const acknowledged = await killWriters(place.dsn, AT_ONCE, 'writes in place')
  expect(await faultsAfterKills(place.dsn, acknowledged)).toContain(
    'reading fails: artifact_corrupt',
  )
})

/** Kills writers, some at the same time, each after a different number of puts. */
async function killWriters(
  dsn: string,
  rounds: number,
  fault: Fault,
): Promise<readonly Acknowledged[]> {
  const random = randomSource(rounds)
  const acknowledged: Acknowledged[] = []
  const killNext = async (lane: number): Promise<void> => {
    for (let round = lane; round < rounds; round += AT_ONCE) {
      const puts = 1 + Math.floor(random() * MOST_PUTS)
      acknowledged.push(...(await killInPuts(dsn, `writer ${round}`, puts, fault)))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, (_, lane) => killNext(lane)))
  return acknowledged
}
