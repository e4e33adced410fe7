import { newEventId } from '@harborage/core'
import type { Strategy } from '../conversation.ts'
import type { Health } from '../health.ts'
import type {
  HeldMemory,
  KeptTurn,
  Look,
  MemoryChange,
  RememberedTurnId,
} from '../memory-driver.ts'
import type { HealthStep } from '../memory-events.ts'
import { replaceOnce } from './decide-once.ts'
import { emptyHeader } from './header.ts'
import type { RestoredConversation } from './snapshot.ts'
import { partsOfSummary } from './summary-parts.ts'
import { remembered, type TurnIdRules } from './turn-ids.ts'
import { walkHealth } from './walk-health.ts'
import { sumOfTokens } from './window.ts'

/** What {@link replaceConversation} and {@link eraseConversation} have to see. */
export const lookToReplace: Look = { replaces: true }

type Replacement = (held: HeldMemory) => MemoryChange<readonly HealthStep[]>

/**
 * Decides what restoring changes: everything. A folding that is under way is of what is no longer there, and what is
 * there now has never failed to be summarized.
 */
export function replaceConversation(
  { summary, turns, turnIds }: RestoredConversation,
  strategy: Strategy,
  rules: TurnIdRules,
): Replacement {
  const name = newEventId()
  const empty = emptyHeader(strategy)
  // A summary that was restored may be longer than one that was written here.
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
    ended: name,
  }
  const ids = new Map<string, RememberedTurnId>()
  // Of turns that are gone only the ids are left, and those are older than all that is there.
  for (const turnId of turnIds) ids.set(turnId, remembered(turnId, begin, header))
  const firstRemembered = Math.max(turns.length - rules.rememberedTurnIds, 0)
  for (const [index, { turnId }] of turns.slice(firstRemembered).entries()) {
    const position = begin + firstRemembered + index
    ids.set(turnId, remembered(turnId, position, header))
  }
  const remember = [...ids.values()]
  return replaceOnce(
    (held) => ({
      result: stepsBack(held),
      header,
      summary,
      removeThrough: Number.MAX_SAFE_INTEGER,
      append,
      remember,
    }),
    (held) => held.header?.lineage === header.lineage || held.header?.ended === name,
  )
}

/** Decides what emptying changes: nothing of the conversation is left, not even that there was one. */
export function eraseConversation(): Replacement {
  return replaceOnce(
    (held) => ({ result: stepsBack(held), erase: true }),
    ({ header }) => header === undefined,
  )
}

function stepsBack({ header }: HeldMemory): readonly HealthStep[] {
  const from = header?.health ?? 'healthy'
  return walkHealth(from, wayBack[from], 'restored').steps
}

/** How each state of health becomes that of a new conversation. */
export const wayBack: Readonly<Record<Health, readonly Health[]>> = {
  healthy: [],
  retry: ['healthy'],
  degraded: ['recovering', 'healthy'],
  recovering: ['healthy'],
}
