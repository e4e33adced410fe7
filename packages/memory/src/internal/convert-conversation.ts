import { type EventId, HarborageError, newEventId } from '@harborage/core'
import type { Strategy } from '../conversation.ts'
import type {
  HeldMemory,
  KeptTurn,
  Look,
  MemoryChange,
  MemoryHeader,
  RememberedTurnId,
} from '../memory-driver.ts'
import type { HealthStep } from '../memory-events.ts'
import { turnTokens, type TokenEstimator } from '../token-estimator.ts'
import { decideOnce } from './decide-once.ts'
import { wayBack } from './replace-conversation.ts'
import { partsOfSummary } from './summary-parts.ts'
import { newLineage, remembered } from './turn-ids.ts'
import { writeTurn } from './turn-text.ts'
import { walkHealth } from './walk-health.ts'
import { sumOfTokens } from './window.ts'

/** What the user says in the turn that a summary becomes. */
const SUMMARY_QUESTION = '(summary of the earlier conversation)'

/** What {@link convertConversation} has to see: all of what is kept beside a summary, which becomes a turn before it. */
export const lookToConvert: Look = {
  summary: true,
  oldestTurns: (header) => (header?.strategy === 'rolling_summary' ? header.turns : 0),
}

/** Decides what becomes of a conversation that is to go on under another strategy. No turn that is kept is lost. */
export function convertConversation(
  strategy: Strategy,
  estimate: TokenEstimator,
): (held: HeldMemory) => MemoryChange<readonly HealthStep[]> {
  return decideOnce(
    ({ header, summary, oldest }) => {
      if (header === undefined || header.strategy === strategy) return { result: [] }
      if (strategy === 'none') throw wouldBeLost(header.strategy)
      if (strategy === 'rolling_summary') return { result: [], header: { ...header, strategy } }
      const { steps } = walkHealth(header.health, wayBack[header.health], 'converted')
      const converted = { ...header, strategy, health: 'healthy', failures: 0 } as const
      return { result: steps, ...withSummaryAsTurns(converted, summary, oldest, estimate) }
    },
    ({ header }) => header?.strategy === strategy,
  )
}

/**
 * Without a summary the turns stay as they are. With one it takes a place before them: the positions of turns that were
 * folded. So no position is spent, by which it is counted how many turns were said since an id was remembered.
 */
function withSummaryAsTurns(
  header: MemoryHeader,
  summary: string,
  turns: readonly KeptTurn[],
  estimate: TokenEstimator,
): Omit<MemoryChange<unknown>, 'result'> {
  const kept = { ...header, folder: undefined }
  if (summary === '') return { header: kept }
  const said = summaryTurns(summary, estimate)
  const firstKept = turns[0]?.position ?? header.nextPosition
  // An earlier release begins at 1, where there may be too few places.
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
    lineage: header.lineage === 0 ? newLineage() : header.lineage,
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

/** The ids in the bookkeeping, as remembered by where their turns are now. */
function newestIds(header: MemoryHeader): RememberedTurnId[] {
  const newest = header.nextPosition - 1
  return header.turnIds.map((turnId, index) => remembered(turnId, newest - index, header))
}

interface SummaryTurn {
  readonly turnId: EventId
  readonly tokens: number
  readonly text: string
}

/** One turn, or several where the summary is too long for one. */
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
    `the conversation is kept under the strategy "${stored}", and "none" keeps nothing: empty it first with restore(identity, { bytes: new Uint8Array() })`,
  )
}
