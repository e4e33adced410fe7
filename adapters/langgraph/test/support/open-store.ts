import { userOwner } from '@harborage/core'

import { HarborageStore } from '../../src/store/harborage-store.ts'
import type { Place } from './places.ts'

/** The owner of the items in tests that are about one owner. */
export const ann = userOwner({ tenantId: 'acme', userId: 'ann' })

/** Opens a store with nothing in it at a place, for the running test. */
export async function openStore({ open }: Place): Promise<HarborageStore> {
  return new HarborageStore({ state: await open(), owner: ann })
}
