import { inspectSlots } from '@harborage/core/adapter'
import { jsonSlot, type SlotInspector, type StateRecord } from '@harborage/state'
import { CLAIM_PREFIX, OUTCOME_PREFIX, readOutcome } from '../claim/claim-slots.ts'

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
export const slotInspector: SlotInspector = inspectSlots<StateRecord>('@harborage/openai-agents', [
  {
    label: 'outcome of a run',
    names: (kind) => (kind.startsWith(OUTCOME_PREFIX) ? {} : undefined),
    decode: async (record) => (await readOutcome(record)).outcome,
  },
  {
    label: 'end of a claim',
    names: (kind) => (kind.startsWith(CLAIM_PREFIX) && kind.endsWith(UNTIL) ? {} : undefined),
    decode: decodeJson,
  },
  {
    label: 'claim of a run',
    names: (kind) => (kind.startsWith(CLAIM_PREFIX) ? {} : undefined),
    decode: decodeJson,
  },
])

function decodeJson(record: StateRecord): Promise<unknown> {
  return jsonSlot(record.kind).decode(record)
}
