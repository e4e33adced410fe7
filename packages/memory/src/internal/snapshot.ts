import { type EventId, HarborageError } from '@harborage/core'
import { parseEventIds } from '@harborage/core/kit'
import { z } from 'zod'
import { MAX_SNAPSHOT_BYTES, SNAPSHOT_TURN_IDS, type Strategy } from '../conversation.ts'
import type { Conversation } from '../memory-driver.ts'
import { summaryTokens, turnTokens, type TokenEstimator } from '../token-estimator.ts'
import { readTurns } from './read-turns.ts'
import { malformed, otherStrategy } from './given-snapshot.ts'
import { Slices } from './slice.ts'
import { splitSnapshot } from './split-snapshot.ts'
import { parseTurn, writeTurn } from './turn-text.ts'

/** What a snapshot brings back. */
export interface RestoredConversation {
  readonly summary: string
  readonly turns: readonly RestoredTurn[]
  /** Newest first. */
  readonly turnIds: readonly EventId[]
}

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
  // A lone surrogate would come back as another character from a database.
  summary: z.string().refine((summary) => summary.isWellFormed()),
  turns: z.array(z.unknown()),
  // Also of turns that were folded or dropped, so that a retry finds them where the conversation was moved to.
  turnIds: z.array(z.string()).max(SNAPSHOT_TURN_IDS),
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
  // What is damaged is told here and not where it is restored.
  const turnIds = rememberedIds(await readTurns(turns), header?.turnIds ?? [])
  const parts = [
    `{"format":"${FORMAT}","version":${VERSION},"strategy":"${strategy}","summary":${JSON.stringify(shown)},"turns":[`,
    // They are kept as the JSON that a snapshot says them in.
    ...turns.flatMap(({ text }, index) => (index === 0 ? [text] : [',', text])),
    `],"turnIds":${JSON.stringify(turnIds)}}`,
  ]
  const size = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0)
  if (size > MAX_SNAPSHOT_BYTES) {
    throw new HarborageError(
      'invalid_snapshot',
      `the conversation has ${size} bytes as a snapshot, and ${MAX_SNAPSHOT_BYTES} can be restored: keep less of it, with a budgetTokens under truncation, or fewer recentTurns and a flush under rolling_summary`,
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
 * Reads the bytes of a snapshot that is to be restored, a slice at a time.
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
  if (!content.success) throw malformed()
  if (content.data.strategy !== strategy) throw otherStrategy(strategy)
  // Unless they were written in an unusual way, the turns were split off.
  if (content.data.turns.length > 0 && split.turns.length > 0) throw malformed()
  const { summary } = content.data
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
    // One that comes back later than it is remembered is a turn of its own.
    if (before !== undefined && index - before <= SNAPSHOT_TURN_IDS) throw malformed()
    lastAt.set(turnId, index)
  }
}

/** Those of the newest turns come first, as they do in every snapshot that a store gave. */
function rememberedIds(
  turns: readonly { readonly turnId: EventId }[],
  given: readonly EventId[],
): EventId[] {
  const newest = turns.slice(-SNAPSHOT_TURN_IDS).toReversed()
  const ids = new Set([...newest.map(({ turnId }) => turnId), ...given])
  return [...ids].slice(0, SNAPSHOT_TURN_IDS)
}

function readTurnIds(given: readonly string[]): readonly EventId[] {
  if (new Set(given).size < given.length) throw malformed()
  try {
    return parseEventIds(given)
  } catch {
    throw malformed()
  }
}

/** @param isPart Whether it comes from within a text, where a byte order mark is a character like any other. */
function parseJson(bytes: Uint8Array, isPart = false): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: isPart }).decode(bytes)
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}

/** Writes a turn of a snapshot as it is kept, whatever the order of its fields. */
function rewriteTurn(json: unknown, estimate: TokenEstimator): RestoredTurn {
  const { turnId, turn, text } = writtenTurn(json)
  return { turnId, text, tokens: turnTokens(estimate, turn, text) }
}

function writtenTurn(json: unknown): ReturnType<typeof writeTurn> {
  const turn = parseTurn(json)
  if (turn === undefined) throw malformed()
  try {
    return writeTurn(turn)
  } catch {
    throw malformed()
  }
}
