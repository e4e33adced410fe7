import type { Strategy } from '../conversation.ts'
import type { HeldMemory, KeptTurn, MemoryChange, MemoryHeader } from '../memory-driver.ts'
import { emptyHeader, withoutTurns, withTurn } from './header.ts'
import type { CheckedTurn } from './turn-text.ts'
import { sumOfTokens } from './window.ts'

/** How many of the oldest turns are looked at when one is added: adding drops at most so many, so its cost is bounded. */
export const LOOKED_AT_TURNS = 32

/** What decides about the turns that go when one is added. */
export interface KeepingRules {
  readonly strategy: Strategy
  readonly budgetTokens: number
  readonly recentTurns: number
  /** The most turns that wait to be folded while that cannot be done. */
  readonly maxBacklogTurns: number
}

/** What adding a turn came to. */
export interface Added {
  /** How many turns were given up because they could not be summarized for too long. */
  readonly droppedTurns: number
  /** The bookkeeping afterwards. */
  readonly header: MemoryHeader
}

/** Decides what adding a turn changes. A turn whose id is remembered changes nothing. */
export function addTurn(
  held: HeldMemory,
  { turnId, text }: CheckedTurn,
  tokens: number,
  rules: KeepingRules,
): MemoryChange<Added> {
  const header = held.header ?? emptyHeader(rules.strategy)
  if (header.turnIds.includes(turnId)) return { result: { droppedTurns: 0, header } }
  const turn = { position: header.nextPosition, tokens, text }
  const added = { ...withTurn(header, turnId, tokens), strategy: rules.strategy }
  const turns = [...held.oldest, ...(held.oldest.length === header.turns ? [turn] : [])]
  const dropped = turnsToDrop(added, turns, rules)
  const last = dropped.at(-1)
  const isDroppedItself = last?.position === turn.position
  const kept = last === undefined ? added : { ...withoutTurns(added, dropped), folder: undefined }
  const droppedTurns = rules.strategy === 'rolling_summary' ? dropped.length : 0
  return {
    result: { droppedTurns, header: kept },
    header: kept,
    append: isDroppedItself ? [] : [turn],
    ...(last === undefined ? {} : { removeThrough: last.position }),
  }
}

function turnsToDrop(
  header: MemoryHeader,
  oldest: readonly KeptTurn[],
  rules: KeepingRules,
): readonly KeptTurn[] {
  switch (rules.strategy) {
    case 'truncation':
      return beyondBudget(oldest, header.tokens, rules.budgetTokens)
    case 'rolling_summary':
      return beyondBacklog(header, oldest, rules)
    case 'none':
      return []
  }
}

/** The oldest turns without which the rest fits the budget. */
function beyondBudget(
  oldest: readonly KeptTurn[],
  tokens: number,
  budgetTokens: number,
): readonly KeptTurn[] {
  if (budgetTokens === 0) return []
  let count = 0
  while (count < oldest.length && tokens - sumOfTokens(oldest.slice(0, count)) > budgetTokens) {
    count += 1
  }
  return oldest.slice(0, count)
}

/** What is too much to wait for a summarizer that fails; never what one is working on. */
function beyondBacklog(
  header: MemoryHeader,
  oldest: readonly KeptTurn[],
  { recentTurns, maxBacklogTurns }: KeepingRules,
): readonly KeptTurn[] {
  if (header.health !== 'degraded' || header.folder !== undefined) return []
  return oldest.slice(0, Math.max(header.turns - recentTurns - maxBacklogTurns, 0))
}
