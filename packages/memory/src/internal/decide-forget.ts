import type { EventId } from '@harborage/core'
import type { ForgetOutcome } from '../conversation.ts'
import type { HeldMemory, MemoryChange, MemoryHeader, ReadSet } from '../memory-driver.ts'
import { withoutTurns } from './header.ts'
import { replayable } from './replayable.ts'
import { lineageFrom, rememberedAsRemoved, wasRemoved } from './turn-ids.ts'
import { beginningOfTurn } from './turn-text.ts'

/** The result of forgetting a turn. */
export interface Forgotten {
  readonly outcome: ForgetOutcome
  /** The header afterwards, if the turn was removed. */
  readonly header?: MemoryHeader
}

/**
 * Returns the read set of {@link decideForget}. It selects every turn, since a turn may be kept for
 * longer than its id is remembered.
 */
export function forgetReadSet(turnId: EventId): ReadSet {
  return {
    turnId,
    summary: true,
    oldestTurns: (header) => (header === undefined ? 0 : Number.MAX_SAFE_INTEGER),
  }
}

/**
 * Returns the decision that removes a turn. Its id stays remembered for as long as the conversation
 * lasts, so that no late retry adds the turn again.
 */
export function decideForget(turnId: EventId): (held: HeldMemory) => MemoryChange<Forgotten> {
  const beginning = beginningOfTurn(turnId)
  return replayable(
    (held) => forget(held, turnId, beginning),
    (held) => held.mayBeApplied && wasRemoved(held),
  )
}

function forget(held: HeldMemory, turnId: EventId, beginning: string): MemoryChange<Forgotten> {
  const { header } = held
  if (header === undefined) return { result: { outcome: 'absent' } }
  // Several, if the id was forgotten before a retry came.
  const gone = held.oldest.filter(({ text }) => text.startsWith(beginning))
  if (gone.length === 0) {
    return { result: { outcome: isSummarized(held, header, turnId) ? 'summarized' : 'absent' } }
  }
  const kept = {
    ...withoutTurns(header, gone),
    // The fold in progress may have been given the turn, so its summary must not be stored.
    foldClaimId: undefined,
    lineage: lineageFrom(header),
  }
  return {
    result: { outcome: 'removed', header: kept },
    header: kept,
    removeAt: gone.map(({ position }) => position),
    remember: [rememberedAsRemoved(turnId, kept)],
  }
}

/** Returns whether a turn that is no longer kept may be a part of the summary. */
function isSummarized(held: HeldMemory, header: MemoryHeader, turnId: EventId): boolean {
  if (header.strategy !== 'rolling_summary' || held.summary === '' || wasRemoved(held)) return false
  return header.turnIds.includes(turnId) || held.remembered?.lineage === header.lineage
}
