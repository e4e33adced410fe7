import { types } from 'node:util'
import { describeType, InvalidSnapshotError, parseEventId, type EventId } from '@harborage/core'
import { z } from 'zod'
import {
  MAX_SNAPSHOT_BYTES,
  REMEMBERED_TURN_IDS,
  type MemorySnapshot,
  type Strategy,
} from '../conversation.ts'
import type { Conversation } from '../memory-driver.ts'
import { parseTurn, writeTurn, type CheckedTurn } from './turn-text.ts'
import { readTurn } from './window.ts'

/** What a snapshot brings back. */
export interface RestoredConversation {
  readonly summary: string
  readonly turns: readonly CheckedTurn[]
  readonly turnIds: readonly EventId[]
}

const envelope = z.strictObject({
  format: z.literal('harborage.memory'),
  version: z.literal(1),
  strategy: z.enum(['truncation', 'rolling_summary']),
  // A lone surrogate would come back as another character from a database.
  summary: z.string().refine((summary) => summary.isWellFormed()),
  turns: z.array(z.unknown()),
  // Also of turns that were folded or dropped, so that a retry finds them where the conversation was moved to.
  turnIds: z.array(z.string()).max(REMEMBERED_TURN_IDS),
})

/** Writes what a conversation holds, and nothing of how it is kept: the same content gives the same bytes. */
export function writeSnapshot(
  { header, summary, turns }: Conversation,
  strategy: Exclude<Strategy, 'none'>,
): Uint8Array {
  const content: z.infer<typeof envelope> = {
    format: 'harborage.memory',
    version: 1,
    strategy,
    summary: strategy === 'rolling_summary' ? summary : '',
    turns: turns.map((kept) => {
      const parsed: unknown = JSON.parse(writeTurn(readTurn(kept)).text)
      return parsed
    }),
    turnIds: [...(header?.turnIds ?? [])],
  }
  return new TextEncoder().encode(JSON.stringify(content))
}

/**
 * Checks a snapshot that is to be restored.
 *
 * @throws `invalid_snapshot` if it is malformed or of another strategy.
 */
export function readSnapshot(snapshot: MemorySnapshot, strategy: Strategy): RestoredConversation {
  const given: unknown = snapshot
  if (typeof given !== 'object' || given === null) {
    throw new InvalidSnapshotError(
      `the snapshot is ${describeType(given)}: pass what snapshot() gave`,
    )
  }
  const { bytes, strategy: claimed } = snapshot
  if (!types.isUint8Array(bytes)) {
    throw new InvalidSnapshotError(`snapshot.bytes is ${describeType(bytes)}: pass a Uint8Array`)
  }
  if (bytes.byteLength > MAX_SNAPSHOT_BYTES) {
    throw new InvalidSnapshotError(`the snapshot is larger than ${MAX_SNAPSHOT_BYTES} bytes`)
  }
  if (claimed !== undefined && claimed !== strategy) throw otherStrategy(strategy)
  // With a strategy they are what is left of a snapshot of it, unless that keeps nothing.
  const isReset = claimed === undefined || claimed === 'none'
  if (bytes.byteLength === 0 && isReset) return { summary: '', turns: [], turnIds: [] }
  if (strategy === 'none') throw otherStrategy(strategy)
  const content = envelope.safeParse(parseJson(bytes))
  if (!content.success) throw malformed()
  if (content.data.strategy !== strategy) throw otherStrategy(strategy)
  const { summary, turns, turnIds } = content.data
  return { summary, turns: readTurns(turns), turnIds: readTurnIds(turnIds) }
}

function readTurns(given: readonly unknown[]): CheckedTurn[] {
  const turns = given.map(rewriteTurn)
  if (new Set(turns.map(({ turnId }) => turnId)).size < turns.length) throw malformed()
  return turns
}

function readTurnIds(given: readonly string[]): EventId[] {
  if (new Set(given).size < given.length) throw malformed()
  try {
    return given.map(parseEventId)
  } catch {
    throw malformed()
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return value
  } catch {
    return undefined
  }
}

/** Writes a turn of a snapshot as it is kept, whatever the order of its fields. */
function rewriteTurn(json: unknown): CheckedTurn {
  const turn = parseTurn(json)
  if (turn === undefined) throw malformed()
  try {
    return writeTurn(turn)
  } catch {
    throw malformed()
  }
}

function malformed(): InvalidSnapshotError {
  return new InvalidSnapshotError('the snapshot is malformed: pass the bytes that snapshot() gave')
}

function otherStrategy(strategy: Strategy): InvalidSnapshotError {
  return new InvalidSnapshotError(
    `the snapshot is not of the strategy "${strategy}", in which this store was opened`,
  )
}
