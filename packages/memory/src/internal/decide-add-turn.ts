import type { Strategy } from '../conversation.ts'
import type { HeldMemory, KeptTurn, MemoryChange, MemoryHeader } from '../memory-driver.ts'
import type { HealthStep } from '../memory-events.ts'
import { FOLD_BATCH_TURNS } from './fold-decisions.ts'
import { emptyHeader, withoutTurns, withTurn } from './header.ts'
import { replayable } from './replayable.ts'
import { forgottenTurnIds, hasTurn, remembered, type TurnIdRules } from './turn-ids.ts'
import type { CheckedTurn } from './turn-text.ts'
import { walkHealth } from './walk-health.ts'

/** The largest number of turns that are dropped when one is added, so that the cost is bounded. */
const MAX_DROPPED_TURNS = 32

/** The rules that decide which turns are dropped. */
export interface RetentionRules extends TurnIdRules {
  readonly strategy: Strategy
  readonly budgetTokens: number
  readonly recentTurns: number
  /** The largest number of turns that wait for a summary while the conversation is degraded. */
  readonly maxBacklogTurns: number
}

/** The result of adding a turn. */
export interface Added {
  /** The number of turns that were dropped because they could not be summarized for too long. */
  readonly droppedTurns: number
  /** The transitions of health. */
  readonly steps: readonly HealthStep[]
  /** The header afterwards. */
  readonly header: MemoryHeader
}

/**
 * Returns how many of the oldest turns have to be read to decide which are dropped. It is nearly
 * always 0.
 */
export function turnsToRead(
  header: MemoryHeader | undefined,
  tokens: number,
  rules: RetentionRules,
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

/**
 * Estimates how many of the oldest turns hold `excess` tokens. If they turn out smaller, adding the
 * next turn drops the rest.
 */
function turnsOfTokens({ turns, tokens }: MemoryHeader, excess: number): number {
  const usual = Math.ceil((excess * turns) / Math.max(tokens, 1))
  return Math.min(2 * usual + 2, MAX_DROPPED_TURNS)
}

/**
 * Returns the decision that adds a turn. If the id of the turn is remembered, it changes nothing.
 */
export function decideAddTurn(
  turn: CheckedTurn,
  tokens: number,
  rules: RetentionRules,
): (held: HeldMemory) => MemoryChange<Added> {
  return replayable(
    (held) => add(held, turn, tokens, rules),
    // Otherwise an earlier attempt was rolled back, and another call added the turn.
    (held) => held.mayBeApplied && hasTurn(held, turn.turnId, rules),
  )
}

function add(
  held: HeldMemory,
  { turnId, text }: CheckedTurn,
  tokens: number,
  rules: RetentionRules,
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
  // The claimed turns may be among the dropped ones.
  const kept = { ...withoutTurns(added, dropped), health, foldClaimId: undefined }
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
  rules: RetentionRules,
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

/** Returns the oldest turns to drop so that the rest fits the budget. */
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

/** Returns whether tokens exceed the budget. A budget of 0 is no limit. */
function isBeyond(tokens: number, budgetTokens: number): boolean {
  return budgetTokens > 0 && tokens > budgetTokens
}

/**
 * Returns how many turns exceed the backlog of a failing summarizer. The turns of a recovery in
 * progress do not count as waiting. But if a whole batch was added meanwhile, the recovery is too
 * slow, and its claim ends.
 */
function turnsBeyondBacklog(
  { health, foldClaimId }: MemoryHeader,
  turns: number,
  { recentTurns, maxBacklogTurns }: RetentionRules,
): number {
  if (health === 'healthy' || health === 'retry') return 0
  const beyond = turns - recentTurns - maxBacklogTurns
  return beyond > (foldClaimId === undefined ? 0 : FOLD_BATCH_TURNS) ? beyond : 0
}
