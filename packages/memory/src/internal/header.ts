import type { EventId } from '@harborage/core'
import { SNAPSHOT_TURN_IDS, type Strategy } from '../conversation.ts'
import type { KeptTurn, MemoryHeader } from '../memory-driver.ts'
import { MAX_SUMMARY_PARTS } from './summary-parts.ts'
import { newLineage } from './turn-ids.ts'
import { sumOfTokens } from './window.ts'

/** Leaves places before the first turn for a summary that becomes turns. */
const FIRST_POSITION = MAX_SUMMARY_PARTS + 1

/** The bookkeeping of a conversation in which nothing was said yet. */
export function emptyHeader(strategy: Strategy): MemoryHeader {
  return {
    strategy,
    nextPosition: FIRST_POSITION,
    turns: 0,
    tokens: 0,
    turnIds: [],
    health: 'healthy',
    failures: 0,
    folder: undefined,
    ended: undefined,
    lineage: newLineage(),
  }
}

/** The bookkeeping after a turn was added. */
export function withTurn(header: MemoryHeader, turnId: EventId, tokens: number): MemoryHeader {
  return {
    ...header,
    nextPosition: header.nextPosition + 1,
    turns: header.turns + 1,
    tokens: header.tokens + tokens,
    // An earlier release looks for them here, and nowhere else.
    turnIds: [turnId, ...header.turnIds].slice(0, SNAPSHOT_TURN_IDS),
    // What was remembered before an earlier release wrote may be of turns that it replaced.
    lineage: header.lineage === 0 ? newLineage() : header.lineage,
  }
}

/** The bookkeeping after turns went out of the window. */
export function withoutTurns(header: MemoryHeader, turns: readonly KeptTurn[]): MemoryHeader {
  return {
    ...header,
    turns: header.turns - turns.length,
    tokens: header.tokens - sumOfTokens(turns),
  }
}
