import { shareOf } from '@harborage/test-kit/measure'

/**
 * Returns the broken stores of a guarantee that `pnpm test` tries: the first one and a sixth of the
 * others, which is another one in each guarantee. The full run tries all of them.
 *
 * @param place Of the guarantee among those of the suite.
 */
export function faultsToTry<Store>(faults: readonly Store[], place: number): readonly Store[] {
  const [first, ...others] = faults
  if (first === undefined) throw new Error('each guarantee has a broken store')
  return [first, ...shareOf(others, { of: 6, part: place })]
}
