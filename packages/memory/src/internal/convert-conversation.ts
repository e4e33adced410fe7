import { newEventId, StrategyMismatchError, type EventId } from '@harborage/core'
import { MAX_TURN_BYTES, SNAPSHOT_TURN_IDS, type Strategy } from '../conversation.ts'
import type { HeldMemory, KeptTurn, Look, MemoryChange, MemoryHeader } from '../memory-driver.ts'
import type { HealthStep } from '../memory-events.ts'
import { turnTokens, type TokenEstimator } from '../token-estimator.ts'
import { decideOnce } from './decide-once.ts'
import { wayBack } from './replace-conversation.ts'
import { writeTurn } from './turn-text.ts'
import { walkHealth } from './walk-health.ts'
import { sumOfTokens } from './window.ts'

/** What the user says in the turn that a summary becomes. */
const SUMMARY_QUESTION = '(summary of the earlier conversation)'

/** A character takes six bytes of JSON at most, and the turn has other fields. */
const MAX_SUMMARY_PART = Math.floor(MAX_TURN_BYTES / 6) - 1_024

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

/** Without a summary the turns stay as they are. With one they move up, and it takes its place before them. */
function withSummaryAsTurns(
  header: MemoryHeader,
  summary: string,
  turns: readonly KeptTurn[],
  estimate: TokenEstimator,
): Omit<MemoryChange<unknown>, 'result'> {
  const kept = { ...header, folder: undefined }
  if (summary === '') return { header: kept }
  const said = summaryTurns(summary, estimate)
  const append = [...said, ...turns].map(({ tokens, text }, index) => ({
    position: header.nextPosition + index,
    tokens,
    text,
  }))
  const ids = said.map(({ turnId }) => turnId).toReversed()
  return {
    header: {
      ...kept,
      nextPosition: header.nextPosition + append.length,
      turns: append.length,
      tokens: sumOfTokens(append),
      // Newest first, as they would be had it been said like this.
      turnIds: header.turnIds.toSpliced(turns.length, 0, ...ids).slice(0, SNAPSHOT_TURN_IDS),
    },
    summary: '',
    removeThrough: Number.MAX_SAFE_INTEGER,
    append,
  }
}

interface SummaryTurn {
  readonly turnId: EventId
  readonly tokens: number
  readonly text: string
}

/** One turn, or several where the summary is too long for one. */
function summaryTurns(summary: string, estimate: TokenEstimator): SummaryTurn[] {
  return partsOf(summary).map((assistantResponse) => {
    const turn = { userMessage: SUMMARY_QUESTION, assistantResponse }
    const { turnId, text } = writeTurn({ ...turn, turnId: newEventId(), timestamp: new Date() })
    return { turnId, text, tokens: turnTokens(estimate, turn, text) }
  })
}

function partsOf(summary: string): string[] {
  const count = Math.ceil(summary.length / MAX_SUMMARY_PART)
  return Array.from({ length: count }, (_, index) =>
    summary.slice(index * MAX_SUMMARY_PART, (index + 1) * MAX_SUMMARY_PART),
  )
}

function wouldBeLost(stored: Strategy): StrategyMismatchError {
  return new StrategyMismatchError(
    `the conversation is kept under the strategy "${stored}", and "none" keeps nothing: empty it first with restore(identity, { bytes: new Uint8Array() })`,
  )
}
