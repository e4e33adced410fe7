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

/** The read set of {@link decideReplacement} and {@link decideErasure}. */
export const replacementReadSet: ReadSet = { replaces: true }

type Replacement = (held: HeldMemory) => MemoryChange<readonly HealthStep[]>

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
      result: stepsToHealthy(held),
      header,
      summary,
      removeThrough: Number.MAX_SAFE_INTEGER,
      append,
      remember,
    }),
    (held) => held.header?.lineage === header.lineage || held.header?.lastAppliedId === id,
  )
}

/** Returns the decision that erases a conversation without a trace. */
export function decideErasure(): Replacement {
  return replayableReplacement(
    (held) => ({ result: stepsToHealthy(held), erase: true }),
    ({ header }) => header === undefined,
  )
}

function stepsToHealthy({ header }: HeldMemory): readonly HealthStep[] {
  const from = header?.health ?? 'healthy'
  return walkHealth(from, pathToHealthy[from], 'restored').steps
}

/** The transitions from each state of health to that of a new conversation. */
export const pathToHealthy: Readonly<Record<Health, readonly Health[]>> = {
  healthy: [],
  retry: ['healthy'],
  degraded: ['recovering', 'healthy'],
  recovering: ['healthy'],
}
