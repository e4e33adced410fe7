import type { PruneResult } from '@harborage/core'
import { compareNames, prune } from '@harborage/core/kit'
import { slotId } from '../decide.ts'
import type { SlotKey, StateDriver } from '../state-driver.ts'
import type { CheckedStatePrune } from './check-state-prune.ts'
import { removeSlots, withoutLeases, type DoomedSlot } from './prune-leases.ts'

/** The number of records that are read at once to find the newest of an owner. */
const PAGE_SIZE = 1_000

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
      async *ofOwner({ identity }) {
        const range = { identity, kindPrefix, from: undefined, to: undefined }
        let after: string | undefined
        do {
          const walk = { order: 'ascending', after, limit: PAGE_SIZE } as const
          const keys = await driver.listKeysPage({ ...range, ...walk })
          yield keys.map((key) => ({ ...key, isExpired: false }))
          after = keys.length < PAGE_SIZE ? undefined : keys.at(-1)?.kind
        } while (after !== undefined)
      },
      compare: (left, right) => compareNames(left.kind, right.kind),
    },
    checked,
  )
}
