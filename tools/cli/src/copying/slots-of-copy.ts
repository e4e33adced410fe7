import { tenantOwner, type TenantOwner } from '@harborage/core'
import { compareOwners } from '@harborage/core/kit'
import type { DumpedSlot, Slot } from '@harborage/state'

/** The tenant whose slots at the target are the lease and the marker of a copy. */
export const ownerOfCopy: TenantOwner = tenantOwner({ tenantId: 'harborage.copy' })

/** The kind of the marker. */
export const MARKER_KIND = 'copy.marker'
/** The kind of the lease. */
export const LEASE_KIND = 'copy.lease'

/** All slots of a copy. Other slots of the tenant are records like any other. */
export const slotsOfCopy: readonly Slot[] = [
  MARKER_KIND,
  LEASE_KIND,
  // A lease keeps its end there.
  `${LEASE_KIND}.until`,
].map((kind) => ({ identity: ownerOfCopy, kind }))

/** Returns whether a slot is one of a copy. */
export function isSlotOfCopy({ identity, kind }: Pick<DumpedSlot, 'identity' | 'kind'>): boolean {
  return (
    compareOwners(identity, ownerOfCopy) === 0 && slotsOfCopy.some((slot) => slot.kind === kind)
  )
}
