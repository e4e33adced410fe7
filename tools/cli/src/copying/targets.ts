import { CommandFailure } from '../command-failure.ts'
import type { CommandRun } from '../command.ts'
import type { WorkCounts } from '../places/count-work.ts'
import type { OpenProfile } from '../places/open-profile.ts'
import { requireTables } from '../places/require-tables.ts'
import { storeNames } from '../profile/profile.ts'
import { compareStores } from './compare-stores.ts'
import type { TargetContent } from './copy-marker.ts'
import { visitPairs } from './dumping-store.ts'
import { walkRecords } from './walk-records.ts'

/** Resolves to whether no store of a target holds anything but what belongs to a copy. */
async function isEmptyTarget({ stores }: OpenProfile): Promise<boolean> {
  const found = await visitPairs(stores, stores, {
    visit: async (store) => {
      for await (const _ of walkRecords(store)) return true
      return false
    },
  })
  return !found.includes(true)
}

/** What a target was found to hold. */
export interface ExaminedTarget {
  readonly content: TargetContent
  /** How many records were compared with the source. */
  readonly records: number
}

/** Looks at what a target holds. It compares it with the source up to the first difference. */
export async function examineTarget(
  run: Pick<CommandRun, 'signal' | 'streams'>,
  {
    from,
    to,
    totals,
  }: { readonly from: OpenProfile; readonly to: OpenProfile; readonly totals: WorkCounts },
): Promise<ExaminedTarget> {
  if (await isEmptyTarget(to)) return { content: 'nothing', records: 0 }
  let records = 0
  let isSame = true
  await visitPairs(from.stores, to.stores, {
    visit: async (left, right) => {
      if (!isSame) return
      const total = totals.get(right.store)
      const found = async (): Promise<void> => {}
      const compared = await compareStores(run, left, right, { found, total, isOneEnough: true })
      records += compared.records
      isSame = compared.differences === 0
    },
  })
  return { content: isSame ? 'the source' : 'something else', records }
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
