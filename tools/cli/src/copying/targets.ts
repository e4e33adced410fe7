import { CommandFailure } from '../command-failure.ts'
import type { OpenProfile } from '../places/open-profile.ts'
import { requireTables } from '../places/require-tables.ts'
import { storeNames } from '../profile/profile.ts'
import { visitPairs } from './dumping-store.ts'
import { walkRecords } from './walk-records.ts'

/** Resolves to whether no store of a target holds anything but what belongs to a copy. */
export async function isEmptyTarget({ stores }: OpenProfile): Promise<boolean> {
  const found = await visitPairs(stores, stores, {
    visit: async (store) => {
      for await (const _ of walkRecords(store)) return true
      return false
    },
  })
  return !found.includes(true)
}

/**
 * Checks that each place of two profiles has stores, and that the second profile has every store
 * that the first one has. A file or schema that is misspelled has none, and is no empty place.
 *
 * @throws CommandFailure if one is lacking.
 */
export function requireStores(from: OpenProfile, to: OpenProfile): void {
  requireTables('the first profile', from, 'failed')
  requireTables('the second profile', to, 'failed')
  const missing = storeNames.filter(
    (name) => from.stores[name] !== undefined && to.stores[name] === undefined,
  )
  if (missing.length === 0) return
  throw new CommandFailure(
    'failed',
    `the second profile has no tables for ${missing.join(', ')}: make them with harborage migrate --profile, and name a place for each store`,
  )
}
