import { jsonSlot, type SlotDescription, type SlotInspector } from '@harborage/state'
import { CLAIM_PREFIX, OUTCOME_PREFIX, readOutcome } from '../claim/claim-slots.ts'
import { contentOf } from './unreadable.ts'

/** What the kind of the slot with the time of a lease ends with. */
const UNTIL = '.until'

/**
 * The inspector of the slots that `claimRunState` writes: the lease of a claim, when it ends, and
 * the outcome of a run. A kind names a digest of the run state only.
 *
 * @example
 * ```ts
 * import { slotInspector } from '@harborage/openai-agents/inspect'
 *
 * console.log(slotInspector.describe('openai.outcome/x')?.label) // 'outcome of a run'
 * ```
 */
export const slotInspector: SlotInspector = {
  describe: (kind) => describe(kind),
  async decode(record) {
    if (describe(record.kind) === undefined) return undefined
    return contentOf(async () =>
      record.kind.startsWith(OUTCOME_PREFIX)
        ? (await readOutcome(record)).outcome
        : jsonSlot(record.kind).decode(record),
    )
  },
}

function describe(kind: string): SlotDescription | undefined {
  if (kind.startsWith(OUTCOME_PREFIX)) return { label: 'outcome of a run', names: {} }
  if (!kind.startsWith(CLAIM_PREFIX)) return undefined
  return { label: kind.endsWith(UNTIL) ? 'end of a claim' : 'claim of a run', names: {} }
}
