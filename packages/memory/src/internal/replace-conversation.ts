import type { Strategy } from '../conversation.ts'
import type { HeldMemory, KeptTurn, MemoryChange } from '../memory-driver.ts'
import { emptyHeader } from './header.ts'
import type { RestoredConversation } from './snapshot.ts'
import { sumOfTokens } from './window.ts'

/**
 * Decides what restoring changes: everything but the order, which goes on, and the health, which is the summarizer's.
 *
 * @param tokens The estimate for each turn.
 */
export function replaceConversation(
  held: HeldMemory,
  { summary, turns, turnIds }: RestoredConversation,
  tokens: readonly number[],
  strategy: Strategy,
): MemoryChange<undefined> {
  const header = held.header ?? emptyHeader(strategy)
  const append: KeptTurn[] = turns.map(({ text }, index) => ({
    position: header.nextPosition + index,
    tokens: tokens[index] ?? 0,
    text,
  }))
  return {
    result: undefined,
    header: {
      ...header,
      strategy,
      nextPosition: header.nextPosition + append.length,
      turns: append.length,
      tokens: sumOfTokens(append),
      turnIds,
      // Whoever is folding now is folding what is no longer there.
      folder: undefined,
    },
    summary,
    removeThrough: header.nextPosition - 1,
    append,
  }
}
