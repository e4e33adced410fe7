import type { Subtree } from '@harborage/core'
import {
  checkExpiredRule,
  checkPrefixOfRules,
  checkPrune,
  KnownNames,
  pruneOptionNames,
  type CheckedPrune,
} from '@harborage/core/kit'
import type { StatePruneOptions } from '../prune-options.ts'
import type { SlotKey } from '../state-driver.ts'
import { checkPlace } from './check-dumped-slot.ts'
import { checkAnyPrefix } from './check-record.ts'

const names = new KnownNames('options', [...pruneOptionNames, 'kindPrefix', 'expired'])

/** The checked arguments of a `prune` of slots. */
export interface CheckedStatePrune extends CheckedPrune<SlotKey> {
  readonly kindPrefix: string
  readonly expired: boolean
}

/** Checks the arguments of a `prune` of slots. */
export function checkStatePrune(
  subtree: Subtree,
  options: StatePruneOptions | undefined,
): CheckedStatePrune {
  const ownerOf = ({ identity }: SlotKey) => identity
  const checked = checkPrune(subtree, options, { names, checkPlace, ownerOf })
  const expired = checkExpiredRule(options?.expired, checked)
  const kindPrefix = checkPrefixOfRules('kindPrefix', checked, options?.kindPrefix)
  return { ...checked, kindPrefix: checkAnyPrefix(kindPrefix), expired }
}
