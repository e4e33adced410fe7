import { allOfUser, type PruneResult, type Subtree } from '@harborage/core'
import {
  checkPrune,
  KnownNames,
  prune,
  pruneOptionNames,
  requirePruneRule,
  type CheckedPrune,
} from '@harborage/core/kit'
import type { DatedCollection, PassageDriver, PassagePlace } from '../passage-driver.ts'
import type { PassagesPruneOptions } from '../prune-options.ts'
import { checkCollection, checkPassagePlace } from './check-passages.ts'
import { compareCollections } from './dumped-passages.ts'

const names = new KnownNames('options', [...pruneOptionNames, 'collection'])

/** The checked arguments of a `prune` of passages. */
export interface CheckedPassagesPrune extends CheckedPrune<PassagePlace> {
  readonly collection: string | undefined
}

/** Checks the arguments of a `prune` of passages. */
export function checkPassagesPrune(
  subtree: Subtree,
  options: PassagesPruneOptions | undefined,
): CheckedPassagesPrune {
  const ownerOf = ({ identity }: PassagePlace) => identity
  const checked = checkPrune(subtree, options, { names, checkPlace: checkPassagePlace, ownerOf })
  requirePruneRule(checked)
  const collection = options?.collection
  return {
    ...checked,
    collection: collection === undefined ? undefined : checkCollection(collection),
  }
}

/** A collection as a `prune` examines it. */
interface PrunableCollection extends DatedCollection {
  readonly updatedAt: Date
}

/** Removes the collections of a subtree that the rules name. */
export function prunePassages(
  driver: PassageDriver,
  { collection, ...checked }: CheckedPassagesPrune,
): Promise<PruneResult> {
  const pageOf = async (
    subtree: Subtree,
    after: PassagePlace | undefined,
    limit: number,
  ): Promise<readonly PrunableCollection[]> => {
    const found = await driver.datedPage({ subtree, collection, after, limit })
    return found.map((each) => ({ ...each, updatedAt: each.newest }))
  }
  return prune<PrunableCollection, PassagePlace>(
    {
      examine: (after, limit) => pageOf(checked.subtree, after, limit),
      remove: async (collections) => {
        const removed = await Promise.all(collections.map((each) => driver.remove(each)))
        return removed.filter((each) => each).length
      },
      placeOf: (each) => ({ identity: { ...each.identity }, collection: each.collection }),
      ownerOf: ({ identity: { tenantId, userId } }) => JSON.stringify([tenantId, userId]),
      ofOwner: ({ identity: { tenantId, userId } }, after, limit) =>
        pageOf(allOfUser({ tenantId, userId }), after, limit),
      compare: compareCollections,
    },
    checked,
  )
}
