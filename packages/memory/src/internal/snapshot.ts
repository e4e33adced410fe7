import {
  captureBytes,
  describeType,
  InvalidSnapshotError,
  isHarborageError,
  parseEventId,
  type EventId,
} from '@harborage/core'
import { z } from 'zod'
import {
  MAX_SNAPSHOT_BYTES,
  REMEMBERED_TURN_IDS,
  type MemorySnapshot,
  type Strategy,
} from '../conversation.ts'
import type { Conversation } from '../memory-driver.ts'
import { readTurns } from './read-turns.ts'
import { parseTurn, writeTurn, type CheckedTurn } from './turn-text.ts'

/** What a snapshot brings back. */
export interface RestoredConversation {
  readonly summary: string
  readonly turns: readonly CheckedTurn[]
  readonly turnIds: readonly EventId[]
}

const FORMAT = 'harborage.memory'
const VERSION = 1

const envelope = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  strategy: z.enum(['truncation', 'rolling_summary']),
  // A lone surrogate would come back as another character from a database.
  summary: z.string().refine((summary) => summary.isWellFormed()),
  turns: z.array(z.unknown()),
  // Also of turns that were folded or dropped, so that a retry finds them where the conversation was moved to.
  turnIds: z.array(z.string()).max(REMEMBERED_TURN_IDS),
})

/**
 * Writes what a conversation holds, and nothing of how it is kept: the same content gives the same bytes.
 *
 * @throws `invalid_snapshot` if it would be too large to be restored.
 */
export async function writeSnapshot(
  { header, summary, turns }: Conversation,
  strategy: Exclude<Strategy, 'none'>,
): Promise<Uint8Array> {
  const shown = strategy === 'rolling_summary' ? summary : ''
  const parts = [
    `{"format":"${FORMAT}","version":${VERSION},"strategy":"${strategy}","summary":${JSON.stringify(shown)},"turns":[`,
    // They are kept as the JSON that a snapshot says them in.
    ...turns.flatMap(({ text }, index) => (index === 0 ? [text] : [',', text])),
    `],"turnIds":${JSON.stringify(header?.turnIds ?? [])}}`,
  ]
  const size = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0)
  if (size > MAX_SNAPSHOT_BYTES) {
    throw new InvalidSnapshotError(
      `the conversation has ${size} bytes as a snapshot, and ${MAX_SNAPSHOT_BYTES} can be restored: keep less of it, with a budgetTokens under truncation, or fewer recentTurns and a flush under rolling_summary`,
    )
  }
  // What is damaged is told here and not where it is restored.
  await readTurns(turns)
  return new TextEncoder().encode(parts.join(''))
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
  const { strategy: claimed } = snapshot
  const bytes = captureSnapshot(snapshot.bytes)
  if (claimed !== undefined && claimed !== strategy) throw otherStrategy(strategy)
  // With a strategy they are what is left of a snapshot of it, unless that keeps nothing.
  const isReset = claimed === undefined || claimed === 'none'
  if (bytes.byteLength === 0 && isReset) return { summary: '', turns: [], turnIds: [] }
  if (strategy === 'none') throw otherStrategy(strategy)
  const content = envelope.safeParse(parseJson(bytes))
  if (!content.success) throw malformed()
  if (content.data.strategy !== strategy) throw otherStrategy(strategy)
  const turns = readSnapshotTurns(content.data.turns)
  const turnIds = rememberedIds(turns, readTurnIds(content.data.turnIds))
  return { summary: content.data.summary, turns, turnIds }
}

/** A copy: what is decided about the bytes has to be about those that are read. */
function captureSnapshot(bytes: unknown): Uint8Array {
  try {
    return captureBytes(
      'snapshot.bytes',
      bytes,
      MAX_SNAPSHOT_BYTES,
      () => new InvalidSnapshotError(`the snapshot is larger than ${MAX_SNAPSHOT_BYTES} bytes`),
    )
  } catch (error) {
    if (!isHarborageError(error, 'invalid_record')) throw error
    throw new InvalidSnapshotError(error.message, { cause: error })
  }
}

function readSnapshotTurns(given: readonly unknown[]): CheckedTurn[] {
  const turns = given.map(rewriteTurn)
  const lastAt = new Map<EventId, number>()
  for (const [index, { turnId }] of turns.entries()) {
    const before = lastAt.get(turnId)
    // One that comes back later than it is remembered is a turn of its own.
    if (before !== undefined && index - before <= REMEMBERED_TURN_IDS) throw malformed()
    lastAt.set(turnId, index)
  }
  return turns
}

/** Those of the newest turns come first, as they do in every snapshot that a store gave. */
function rememberedIds(turns: readonly CheckedTurn[], given: readonly EventId[]): EventId[] {
  const newest = turns.slice(-REMEMBERED_TURN_IDS).toReversed()
  const ids = new Set([...newest.map(({ turnId }) => turnId), ...given])
  return [...ids].slice(0, REMEMBERED_TURN_IDS)
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
