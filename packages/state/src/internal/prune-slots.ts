import type { PruneResult } from '@harborage/core'
import { compareNames, prune } from '@harborage/core/kit'
import { slotId } from '../decide.ts'
import type { SlotKey, StateDriver } from '../state-driver.ts'
import type { CheckedStatePrune } from './check-state-prune.ts'
import { removeSlots, withoutLeases, type DoomedSlot } from './prune-leases.ts'

/** Removes the slots of a subtree that have expired or that the rules name. */
export function pruneSlots(
  driver: StateDriver,
  { kindPrefix, expired, ...checked }: CheckedStatePrune,
): Promise<PruneResult> {
  return prune<DoomedSlot, SlotKey>(
    {
      examine: (after, limit) => driver.prunePage({ subtree: checked.subtree, after, limit }),
      select: (slots) => withoutLeases(driver, slots),
      remove: (slots) => removeSlots(driver, slots),
      placeOf: ({ identity, kind }) => ({ identity, kind }),
      verdictOf: ({ kind, isExpired }) => {
        if (!kind.startsWith(kindPrefix)) return 'kept'
        if (!isExpired) return undefined
        return expired ? 'removed' : 'kept'
      },
      ownerOf: ({ identity }) => slotId({ identity, kind: '' }),
      async ofOwner({ identity }, after, limit) {
        const range = { identity, kindPrefix, from: undefined, to: undefined }
        const walk = { order: 'ascending', after: after?.kind, limit } as const
        const keys = await driver.listKeysPage({ ...range, ...walk })
        return keys.map((key) => ({ ...key, isExpired: false }))
      },
      compare: (left, right) => compareNames(left.kind, right.kind),
    },
    checked,
  )
}
