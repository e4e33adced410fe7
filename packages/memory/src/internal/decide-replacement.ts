import { newEventId } from '@harborage/core'
import type { Strategy } from '../conversation.ts'
import type { Health } from '../health.ts'
import type {
  HeldMemory,
  KeptTurn,
  MemoryChange,
  ReadSet,
  RememberedTurnId,
} from '../memory-driver.ts'
import type { HealthStep } from '../memory-events.ts'
import { emptyHeader, sumOfTokens } from './header.ts'
import { replayableReplacement } from './replayable.ts'
import type { RestoredConversation } from './snapshot.ts'
import { partsOfSummary } from './summary-parts.ts'
import { remembered, type TurnIdRules } from './turn-ids.ts'
import { walkHealth } from './walk-health.ts'

/** The read set of {@link decideReplacement} and {@link decideDeletion}. */
export const replacementReadSet: ReadSet = { replaces: true }

type Replacement = (held: HeldMemory) => MemoryChange<readonly HealthStep[]>

/** The result of a deletion. */
export interface Deleted {
  /** Whether there was a conversation. */
  readonly existed: boolean
  readonly steps: readonly HealthStep[]
}

/**
 * Returns the decision that replaces a conversation by a restored one. It ends a fold in progress,
 * whose turns are gone, and the new conversation is healthy.
 */
export function decideReplacement(
  { summary, turns, turnIds }: RestoredConversation,
  strategy: Strategy,
  rules: TurnIdRules,
): Replacement {
  const id = newEventId()
  const empty = emptyHeader(strategy)
  // A restored summary may be longer than one that the summarizer may return.
  const begin = Math.max(empty.nextPosition, partsOfSummary(summary).length + 1)
  const append: KeptTurn[] = turns.map(({ text, tokens }, index) => ({
    position: begin + index,
    tokens,
    text,
  }))
  const header = {
    ...empty,
    nextPosition: begin + append.length,
    turns: append.length,
    tokens: sumOfTokens(append),
    turnIds,
    lastAppliedId: id,
  }
  const ids = new Map<string, RememberedTurnId>()
  // First the ids of turns that the snapshot no longer contains. They are older than all its turns.
  for (const turnId of turnIds) ids.set(turnId, remembered(turnId, begin, header))
  const firstRemembered = Math.max(turns.length - rules.rememberedTurnIds, 0)
  for (const [index, { turnId }] of turns.slice(firstRemembered).entries()) {
    const position = begin + firstRemembered + index
    ids.set(turnId, remembered(turnId, position, header))
  }
  const remember = [...ids.values()]
  return replayableReplacement(
    (held) => ({
      result: stepsToHealthy(healthOf(held), 'restored'),
      header,
      summary,
      removeThrough: Number.MAX_SAFE_INTEGER,
      append,
      remember,
    }),
    (held) => held.header?.lineage === header.lineage || held.header?.lastAppliedId === id,
  )
}

/**
 * Returns the decision that deletes a conversation without a trace.
 *
 * @param reason The reason of the transitions of its health.
 */
export function decideDeletion(
  reason: 'restored' | 'deleted',
): (held: HeldMemory) => MemoryChange<Deleted> {
  return replayableReplacement(
    (held) => ({
      result: { existed: held.exists, steps: stepsToHealthy(healthOf(held), reason) },
      erase: true,
    }),
    ({ exists }) => !exists,
  )
}

/** Returns the health of a conversation; `healthy` if there is none or its header is damaged. */
export function healthOf({ header }: HeldMemory): Health {
  return header?.health ?? 'healthy'
}

/** Returns the transitions from a state of health to that of a new conversation. */
export function stepsToHealthy(
  from: Health,
  reason: 'restored' | 'deleted',
): readonly HealthStep[] {
  return walkHealth(from, pathToHealthy[from], reason).steps
}

/** The transitions from each state of health to that of a new conversation. */
export const pathToHealthy: Readonly<Record<Health, readonly Health[]>> = {
  healthy: [],
  retry: ['healthy'],
  degraded: ['recovering', 'healthy'],
  recovering: ['healthy'],
}
