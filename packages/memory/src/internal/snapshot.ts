import { HarborageError, type EventId } from '@harborage/core'
import { parseEventIds } from '@harborage/core/kit'
import { z } from 'zod'
import { MAX_SNAPSHOT_BYTES, SNAPSHOT_TURN_IDS, type Strategy } from '../conversation.ts'
import type { Conversation } from '../memory-driver.ts'
import { summaryTokens, turnTokens, type TokenEstimator } from '../token-estimator.ts'
import { malformedSnapshot, wrongStrategy } from './capture-snapshot.ts'
import { readTurns } from './read-turns.ts'
import { Slices } from './slice.ts'
import { splitSnapshot } from './split-snapshot.ts'
import { parseTurn, writeTurn } from './turn-text.ts'

/** The content of a snapshot. */
export interface RestoredConversation {
  readonly summary: string
  readonly turns: readonly RestoredTurn[]
  /** Newest first. */
  readonly turnIds: readonly EventId[]
}

/** A turn of a snapshot, as it is stored. */
export interface RestoredTurn {
  readonly turnId: EventId
  readonly text: string
  readonly tokens: number
}

const FORMAT = 'harborage.memory'
const VERSION = 1

const envelope = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  strategy: z.enum(['truncation', 'rolling_summary']),
  // A database would replace a lone surrogate by another character.
  summary: z.string().refine((summary) => summary.isWellFormed()),
  turns: z.array(z.unknown()),
  // Also of folded and dropped turns, so that a retry is recognized after the conversation was
  // moved.
  turnIds: z.array(z.string()).max(SNAPSHOT_TURN_IDS),
})

/**
 * Writes a conversation as a snapshot. Equal content gives equal bytes, on every driver.
 *
 * @throws `invalid_snapshot` if the snapshot would be too large to be restored.
 */
export async function writeSnapshot(
  { header, summary, turns }: Conversation,
  strategy: Exclude<Strategy, 'none'>,
): Promise<Uint8Array> {
  const shown = strategy === 'rolling_summary' ? summary : ''
  // Rejects damaged turns here, not when the snapshot is restored.
  const turnIds = rememberedIds(await readTurns(turns), header?.turnIds ?? [])
  const parts = [
    `{"format":"${FORMAT}","version":${VERSION},"strategy":"${strategy}","summary":${JSON.stringify(shown)},"turns":[`,
    // Turns are stored as the very JSON that a snapshot contains.
    ...turns.flatMap(({ text }, index) => (index === 0 ? [text] : [',', text])),
    `],"turnIds":${JSON.stringify(turnIds)}}`,
  ]
  const size = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0)
  if (size > MAX_SNAPSHOT_BYTES) {
    throw new HarborageError(
      'invalid_snapshot',
      `the snapshot would have ${size} bytes, and at most ${MAX_SNAPSHOT_BYTES} can be restored: keep less of the conversation, with a budgetTokens under truncation, or fewer recentTurns and a compaction under rolling_summary`,
    )
  }
  return encode(parts, size)
}

async function encode(parts: readonly string[], size: number): Promise<Uint8Array> {
  const encoder = new TextEncoder()
  const bytes = new Uint8Array(size)
  const slices = new Slices()
  let written = 0
  for (const part of parts) {
    if (slices.add(part.length)) await slices.rest()
    written += encoder.encodeInto(part, bytes.subarray(written)).written
  }
  return bytes
}

/**
 * Parses the bytes of a snapshot, a slice at a time.
 *
 * @throws `invalid_snapshot` if it is malformed or of another strategy.
 */
export async function readSnapshot(
  bytes: Uint8Array,
  strategy: Strategy,
  estimate: TokenEstimator,
): Promise<RestoredConversation> {
  const split = await splitSnapshot(bytes)
  const content = envelope.safeParse(parseJson(split.envelope))
  if (!content.success) throw malformedSnapshot()
  if (content.data.strategy !== strategy) throw wrongStrategy(strategy)
  // The turns were split off, unless the JSON was written in an unusual way.
  if (content.data.turns.length > 0 && split.turns.length > 0) throw malformedSnapshot()
  const { summary } = content.data
  // For its errors only.
  summaryTokens(estimate, summary)
  const turns: RestoredTurn[] = []
  const slices = new Slices()
  for (const turn of content.data.turns) turns.push(rewriteTurn(turn, estimate))
  for (const turn of split.turns) {
    if (slices.add(turn.byteLength)) await slices.rest()
    turns.push(rewriteTurn(parseJson(turn, true), estimate))
  }
  checkRepeats(turns)
  return { summary, turns, turnIds: rememberedIds(turns, readTurnIds(content.data.turnIds)) }
}

function checkRepeats(turns: readonly RestoredTurn[]): void {
  const lastAt = new Map<EventId, number>()
  for (const [index, { turnId }] of turns.entries()) {
    const before = lastAt.get(turnId)
    // A later turn with the same id is valid: the id may have been forgotten in between.
    if (before !== undefined && index - before <= SNAPSHOT_TURN_IDS) throw malformedSnapshot()
    lastAt.set(turnId, index)
  }
}

/**
 * Returns the ids of the newest turns, followed by the given ones: the order in every snapshot that
 * a store wrote.
 */
function rememberedIds(
  turns: readonly { readonly turnId: EventId }[],
  given: readonly EventId[],
): EventId[] {
  const newest = turns.slice(-SNAPSHOT_TURN_IDS).toReversed()
  const ids = new Set([...newest.map(({ turnId }) => turnId), ...given])
  return [...ids].slice(0, SNAPSHOT_TURN_IDS)
}

function readTurnIds(given: readonly string[]): readonly EventId[] {
  if (new Set(given).size < given.length) throw malformedSnapshot()
  try {
    return parseEventIds(given)
  } catch {
    throw malformedSnapshot()
  }
}

/**
 * Parses JSON, and returns `undefined` if it is malformed.
 *
 * @param isPart Whether the bytes are a part of a text, in which a byte order mark is an ordinary
 * character.
 */
function parseJson(bytes: Uint8Array, isPart = false): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: isPart }).decode(bytes)
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}

/** Returns a turn of a snapshot as it is stored, with its fields in the usual order. */
function rewriteTurn(json: unknown, estimate: TokenEstimator): RestoredTurn {
  const { turnId, turn, text } = writtenTurn(json)
  return { turnId, text, tokens: turnTokens(estimate, turn, text) }
}

function writtenTurn(json: unknown): ReturnType<typeof writeTurn> {
  const turn = parseTurn(json)
  if (turn === undefined) throw malformedSnapshot()
  try {
    return writeTurn(turn)
  } catch {
    throw malformedSnapshot()
  }
}
