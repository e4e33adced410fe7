import { tenantOwner, type TenantOwner } from '@harborage/core'
import { compareOwners } from '@harborage/core/kit'
import type { DumpedSlot, Slot } from '@harborage/state'
import { slotsOfLease } from '../leasing/held-lease.ts'

/** The tenant whose slots at the target are the lease and the marker of a copy. */
export const ownerOfCopy: TenantOwner = tenantOwner({ tenantId: 'harborage.copy' })

/** The kind of the marker. */
export const MARKER_KIND = 'copy.marker'
/** The kind of the lease. */
export const LEASE_KIND = 'copy.lease'

/** All slots of a copy. Other slots of the tenant are records like any other. */
export const slotsOfCopy: readonly Slot[] = [
  { identity: ownerOfCopy, kind: MARKER_KIND },
  ...slotsOfLease(ownerOfCopy, LEASE_KIND),
]

/** Returns whether a slot is one of a copy. */
export function isSlotOfCopy({ identity, kind }: Pick<DumpedSlot, 'identity' | 'kind'>): boolean {
  return (
    compareOwners(identity, ownerOfCopy) === 0 && slotsOfCopy.some((slot) => slot.kind === kind)
  )
}
