import { HarborageError, newEventId, type EventId } from '@harborage/core'
import type { Strategy } from '../conversation.ts'
import type {
  HeldMemory,
  KeptTurn,
  MemoryChange,
  MemoryHeader,
  ReadSet,
  RememberedTurnId,
} from '../memory-driver.ts'
import type { HealthStep } from '../memory-events.ts'
import { turnTokens, type TokenEstimator } from '../token-estimator.ts'
import { pathToHealthy } from './decide-replacement.ts'
import { sumOfTokens } from './header.ts'
import { replayable } from './replayable.ts'
import { partsOfSummary } from './summary-parts.ts'
import { lineageFrom, remembered } from './turn-ids.ts'
import { writeTurn } from './turn-text.ts'
import { walkHealth } from './walk-health.ts'

/** The user message of the turn that a summary becomes. */
const SUMMARY_QUESTION = '(summary of the earlier conversation)'

/**
 * The read set of {@link decideConversion}: the summary, and the turns beside it, since it becomes
 * a turn before them.
 */
export const conversionReadSet: ReadSet = {
  summary: true,
  oldestTurns: (header) => (header?.strategy === 'rolling_summary' ? header.turns : 0),
}

/**
 * Returns the decision that converts a conversation to another strategy. It loses no stored turn.
 */
export function decideConversion(
  strategy: Strategy,
  estimate: TokenEstimator,
): (held: HeldMemory) => MemoryChange<readonly HealthStep[]> {
  return replayable(
    ({ header, summary, oldest }) => {
      if (header === undefined || header.strategy === strategy) return { result: [] }
      if (strategy === 'none') throw wouldBeLost(header.strategy)
      if (strategy === 'rolling_summary') return { result: [], header: { ...header, strategy } }
      const { steps } = walkHealth(header.health, pathToHealthy[header.health], 'converted')
      const converted = { ...header, strategy, health: 'healthy', failures: 0 } as const
      return { result: steps, ...withSummaryAsTurns(converted, summary, oldest, estimate) }
    },
    ({ header }) => header?.strategy === strategy,
  )
}

/**
 * Puts a summary before the turns, as turns, at the positions of turns that were folded. So the
 * position of the newest turn does not change: the remembered turn ids are counted from it.
 */
function withSummaryAsTurns(
  header: MemoryHeader,
  summary: string,
  turns: readonly KeptTurn[],
  estimate: TokenEstimator,
): Omit<MemoryChange<unknown>, 'result'> {
  const kept = { ...header, foldClaimId: undefined }
  if (summary === '') return { header: kept }
  const said = summaryTurns(summary, estimate)
  const firstKept = turns[0]?.position ?? header.nextPosition
  // Conversations of an earlier release begin at position 1, so there may be too few free
  // positions.
  const shift = Math.max(said.length + 1 - firstKept, 0)
  const begin = firstKept + shift - said.length
  const before = said.map(({ tokens, text }, index) => ({ position: begin + index, tokens, text }))
  const after = turns.map((turn) => ({ ...turn, position: turn.position + shift }))
  const append = [...before, ...after]
  const converted = {
    ...kept,
    nextPosition: header.nextPosition + shift,
    turns: append.length,
    tokens: sumOfTokens(append),
    lineage: lineageFrom(header),
  }
  const ids = said.map(({ turnId }, index) => remembered(turnId, begin + index, converted))
  return {
    header: converted,
    summary: '',
    removeThrough: Number.MAX_SAFE_INTEGER,
    append,
    remember: shift === 0 ? ids : [...ids, ...newestIds(converted)],
  }
}

/** Returns the turn ids of the header with the new positions of their turns. */
function newestIds(header: MemoryHeader): RememberedTurnId[] {
  const newest = header.nextPosition - 1
  return header.turnIds.map((turnId, index) => remembered(turnId, newest - index, header))
}

interface SummaryTurn {
  readonly turnId: EventId
  readonly tokens: number
  readonly text: string
}

/** Returns the summary as one turn, or as several if it is too long for one. */
function summaryTurns(summary: string, estimate: TokenEstimator): SummaryTurn[] {
  return partsOfSummary(summary).map((assistantResponse) => {
    const turn = { userMessage: SUMMARY_QUESTION, assistantResponse }
    const { turnId, text } = writeTurn({ ...turn, turnId: newEventId(), timestamp: new Date() })
    return { turnId, text, tokens: turnTokens(estimate, turn, text) }
  })
}

function wouldBeLost(stored: Strategy): HarborageError {
  return new HarborageError(
    'strategy_mismatch',
    `the conversation is kept under the strategy "${stored}", and "none" keeps nothing: remove it first with delete(identity)`,
  )
}
