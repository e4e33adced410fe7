import type { Strategy } from '../conversation.ts'
import type { Health } from '../health.ts'
import type { HeldMemory, KeptTurn, Look, MemoryChange } from '../memory-driver.ts'
import type { HealthStep } from '../memory-events.ts'
import { emptyHeader } from './header.ts'
import type { RestoredConversation } from './snapshot.ts'
import { walkHealth } from './walk-health.ts'
import { sumOfTokens } from './window.ts'

/** What {@link replaceConversation} has to see. */
export const lookToReplace: Look = { replaces: true }

/**
 * Decides what restoring changes: everything. Whoever is folding is folding what is no longer there, and what is there
 * now has never failed to be summarized.
 *
 * @param name Names this restore, and no other.
 * @param tokens The estimate for each turn.
 */
export function replaceConversation(
  { header: before }: HeldMemory,
  name: string,
  { summary, turns, turnIds }: RestoredConversation,
  tokens: readonly number[],
  strategy: Strategy,
): MemoryChange<readonly HealthStep[]> {
  const empty = emptyHeader(strategy)
  const append: KeptTurn[] = turns.map(({ text }, index) => ({
    position: empty.nextPosition + index,
    tokens: tokens[index] ?? 0,
    text,
  }))
  const from = before?.health ?? empty.health
  return {
    result: walkHealth(from, wayBack[from], 'restored').steps,
    header: {
      ...empty,
      nextPosition: empty.nextPosition + append.length,
      turns: append.length,
      tokens: sumOfTokens(append),
      turnIds,
      ended: name,
    },
    summary,
    removeThrough: Number.MAX_SAFE_INTEGER,
    append,
  }
}

/** Tells of a restore that it was applied. */
export function wasReplaced({ header }: HeldMemory, name: string): boolean {
  return header?.ended === name
}

/** How each state of health becomes that of a new conversation. */
const wayBack: Readonly<Record<Health, readonly Health[]>> = {
  healthy: [],
  retry: ['healthy'],
  degraded: ['recovering', 'healthy'],
  recovering: ['healthy'],
}
