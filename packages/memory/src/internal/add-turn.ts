import type { Strategy } from '../conversation.ts'
import type { HeldMemory, KeptTurn, MemoryChange, MemoryHeader } from '../memory-driver.ts'
import type { HealthStep } from '../memory-events.ts'
import { FOLD_BATCH_TURNS } from './fold-turns.ts'
import { emptyHeader, withoutTurns, withTurn } from './header.ts'
import { forgottenTurnIds, hasTurn, remembered, type TurnIdRules } from './turn-ids.ts'
import type { CheckedTurn } from './turn-text.ts'
import { walkHealth } from './walk-health.ts'

/** How many turns are dropped at most when one is added, so that its cost is bounded. */
const MAX_DROPPED_TURNS = 32

/** What decides about the turns that go when one is added. */
export interface KeepingRules extends TurnIdRules {
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
  /** What that did to the health of the conversation. */
  readonly steps: readonly HealthStep[]
  /** The bookkeeping afterwards. */
  readonly header: MemoryHeader
}

/** How many of the oldest turns have to be looked at to decide which of them go; nearly always none. */
export function oldestToDrop(
  header: MemoryHeader | undefined,
  tokens: number,
  rules: KeepingRules,
): number {
  if (header === undefined) return 0
  switch (rules.strategy) {
    case 'truncation':
      return isBeyond(header.tokens + tokens, rules.budgetTokens)
        ? turnsOfTokens(header, header.tokens + tokens - rules.budgetTokens)
        : 0
    case 'rolling_summary':
      return Math.min(turnsBeyondBacklog(header, header.turns + 1, rules), MAX_DROPPED_TURNS)
    case 'none':
      return 0
  }
}

/** About how many of the oldest turns have so many tokens; if they are smaller, the next turn drops the others. */
function turnsOfTokens({ turns, tokens }: MemoryHeader, excess: number): number {
  const usual = Math.ceil((excess * turns) / Math.max(tokens, 1))
  return Math.min(2 * usual + 2, MAX_DROPPED_TURNS)
}

/** Decides what adding a turn changes. A turn whose id is remembered changes nothing. */
export function addTurn(
  held: HeldMemory,
  { turnId, text }: CheckedTurn,
  tokens: number,
  rules: KeepingRules,
): MemoryChange<Added> {
  const header = held.header ?? emptyHeader(rules.strategy)
  if (hasTurn(held, turnId, rules)) return { result: { droppedTurns: 0, steps: [], header } }
  const turn = { position: header.nextPosition, tokens, text }
  const added = withTurn(header, turnId, tokens)
  const ids = {
    remember: [remembered(turnId, turn.position, added)],
    forget: forgottenTurnIds(added, rules),
  }
  const turns = [...held.oldest, ...(held.oldest.length === header.turns ? [turn] : [])]
  const dropped = turnsToDrop(added, turns, rules)
  const last = dropped.at(-1)
  if (last === undefined) {
    const result = { droppedTurns: 0, steps: [], header: added }
    return { result, header: added, append: [turn], ...ids }
  }
  const { health, steps } = walkHealth(
    added.health,
    added.health === 'recovering' ? ['degraded'] : [],
    'backlog_exceeded',
  )
  // Whoever is folding may be folding what is no longer there.
  const kept = { ...withoutTurns(added, dropped), health, folder: undefined }
  return {
    result: {
      droppedTurns: rules.strategy === 'rolling_summary' ? dropped.length : 0,
      steps,
      header: kept,
    },
    header: kept,
    append: last.position === turn.position ? [] : [turn],
    removeThrough: last.position,
    ...ids,
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
      return oldest.slice(0, turnsBeyondBacklog(header, header.turns, rules))
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
  let left = tokens
  const firstKept = oldest.findIndex((turn) => {
    if (!isBeyond(left, budgetTokens)) return true
    left -= turn.tokens
    return false
  })
  return firstKept === -1 ? oldest : oldest.slice(0, firstKept)
}

/** A budget of 0 is none. */
function isBeyond(tokens: number, budgetTokens: number): boolean {
  return budgetTokens > 0 && tokens > budgetTokens
}

/**
 * How many are too many to wait for a summarizer that fails. Those that one is trying to recover with are not waiting;
 * but if as many more have come meanwhile, it does not keep up, and its claim goes with them.
 */
function turnsBeyondBacklog(
  { health, folder }: MemoryHeader,
  turns: number,
  { recentTurns, maxBacklogTurns }: KeepingRules,
): number {
  if (health === 'healthy' || health === 'retry') return 0
  const beyond = turns - recentTurns - maxBacklogTurns
  return beyond > (folder === undefined ? 0 : FOLD_BATCH_TURNS) ? beyond : 0
}
