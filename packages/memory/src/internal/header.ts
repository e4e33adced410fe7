import type { EventId } from '@harborage/core'
import { SNAPSHOT_TURN_IDS, type Strategy } from '../conversation.ts'
import type { KeptTurn, MemoryHeader } from '../memory-driver.ts'
import { MAX_SUMMARY_PARTS } from './summary-parts.ts'
import { lineageFrom, newLineage } from './turn-ids.ts'

/**
 * The first position of a conversation. It leaves room for a summary that becomes turns before the
 * first turn.
 */
const FIRST_POSITION = MAX_SUMMARY_PARTS + 1

/** Returns the header of a new conversation. */
export function emptyHeader(strategy: Strategy): MemoryHeader {
  return {
    strategy,
    nextPosition: FIRST_POSITION,
    turns: 0,
    tokens: 0,
    turnIds: [],
    health: 'healthy',
    failures: 0,
    foldClaimId: undefined,
    lastAppliedId: undefined,
    lineage: newLineage(),
  }
}

/** Returns the header after a turn was added. */
export function withTurn(header: MemoryHeader, turnId: EventId, tokens: number): MemoryHeader {
  return {
    ...header,
    nextPosition: header.nextPosition + 1,
    turns: header.turns + 1,
    tokens: header.tokens + tokens,
    // An earlier release looks for remembered ids only here.
    turnIds: [turnId, ...header.turnIds].slice(0, SNAPSHOT_TURN_IDS),
    lineage: lineageFrom(header),
  }
}

/** Returns the header after turns were removed. */
export function withoutTurns(header: MemoryHeader, turns: readonly KeptTurn[]): MemoryHeader {
  return {
    ...header,
    turns: header.turns - turns.length,
    tokens: header.tokens - sumOfTokens(turns),
  }
}

/** Returns the sum of the tokens of turns. */
export function sumOfTokens(turns: readonly KeptTurn[]): number {
  return turns.reduce((sum, turn) => sum + turn.tokens, 0)
}
