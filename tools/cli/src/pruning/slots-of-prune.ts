import { tenantOwner, type TenantOwner } from '@harborage/core'
import type { Slot } from '@harborage/state'
import { slotsOfLease } from '../leasing/held-lease.ts'

/** The tenant whose slots are the lease of a prune. */
export const ownerOfPrune: TenantOwner = tenantOwner({ tenantId: 'harborage.prune' })

/** The kind of the lease. */
export const LEASE_KIND = 'prune.lease'

/** All slots of the lease. */
export const slotsOfPrune: readonly Slot[] = slotsOfLease(ownerOfPrune, LEASE_KIND)
