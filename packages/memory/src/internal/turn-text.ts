import { types } from 'node:util'
import {
  checkEventId,
  InvalidRecordError,
  newEventId,
  strictJsonObject,
  type EventId,
  type JsonObject,
} from '@harborage/core'
import { z } from 'zod'
import { MAX_TURN_BYTES, type ConversationTurn } from '../conversation.ts'

/** A turn with the id that it was given, or got. */
export type TurnWithId = ConversationTurn & { readonly turnId: EventId }

/** A turn that was checked, and the text under which it is kept. */
export interface CheckedTurn {
  readonly turnId: EventId
  readonly turn: ConversationTurn
  readonly text: string
}

const strings = z
  .custom<readonly string[]>(isTexts, { error: 'expected an array of texts' })
  .transform((texts) => [...texts])

const fields = {
  userMessage: z.string(),
  assistantResponse: z.string(),
  trajectoryDigest: z
    .strictObject({
      toolsInvoked: strings,
      observationsSummary: z.string(),
      reasoningSummary: z.string(),
      artifactsRefs: strings,
    })
    .exactOptional(),
  artifactsShown: z
    .custom<JsonObject>(isObject, { error: 'expected an object of JSON' })
    .exactOptional(),
  artifactsHiddenRefs: strings.exactOptional(),
}

const givenTurn = z.strictObject({
  ...fields,
  timestamp: z.custom<Date>(isValidDate, { error: 'expected a valid Date' }).exactOptional(),
  turnId: z.unknown().optional(),
})

const keptTurn = z.strictObject({
  ...fields,
  timestamp: z.int(),
  turnId: z.string(),
})

/**
 * Checks a turn and writes it as {@link writeTurn} does.
 *
 * @throws `invalid_record`, naming the field.
 */
export function checkTurn(turn: ConversationTurn): CheckedTurn {
  const parsed = givenTurn.safeParse(turn)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      ({ path, message }) => `${['turn', ...path].join('.')}: ${message}`,
    )
    throw new InvalidRecordError(faults.join('; '))
  }
  const { turnId, timestamp = new Date() } = parsed.data
  return writeTurn({
    ...parsed.data,
    turnId: turnId === undefined ? newEventId() : checkEventId('turn.turnId', turnId),
    timestamp,
  })
}

/** Reads what {@link checkTurn} wrote as JSON; `undefined` if it is something else. */
export function parseTurn(json: unknown): TurnWithId | undefined {
  const parsed = keptTurn.safeParse(json)
  if (!parsed.success) return undefined
  const timestamp = new Date(parsed.data.timestamp)
  if (!isValidDate(timestamp)) return undefined
  try {
    const turnId = checkEventId('turnId', parsed.data.turnId)
    return { ...parsed.data, turnId, timestamp }
  } catch {
    return undefined
  }
}

/**
 * Writes a turn as JSON, always with its fields in the same order.
 *
 * @throws `invalid_record`, naming the field.
 */
export function writeTurn(turn: TurnWithId): CheckedTurn {
  const text = strictJsonObject('turn', turnObject(turn), MAX_TURN_BYTES)
  return { turnId: turn.turnId, turn, text }
}

/** The turn as JSON says it: an object whose fields are in one order. */
function turnObject(turn: TurnWithId): Record<string, unknown> {
  const { turnId, userMessage, assistantResponse, timestamp, trajectoryDigest } = turn
  return {
    turnId,
    timestamp: timestamp?.getTime(),
    userMessage,
    assistantResponse,
    ...(trajectoryDigest === undefined ? {} : { trajectoryDigest: digestObject(trajectoryDigest) }),
    ...(turn.artifactsShown === undefined ? {} : { artifactsShown: turn.artifactsShown }),
    ...(turn.artifactsHiddenRefs === undefined
      ? {}
      : { artifactsHiddenRefs: turn.artifactsHiddenRefs }),
  }
}

function digestObject(
  digest: NonNullable<ConversationTurn['trajectoryDigest']>,
): Record<string, unknown> {
  const { toolsInvoked, observationsSummary, reasoningSummary, artifactsRefs } = digest
  return { toolsInvoked, observationsSummary, reasoningSummary, artifactsRefs }
}

function isValidDate(value: unknown): boolean {
  return types.isDate(value) && !Number.isNaN(value.getTime())
}

/** Stops at the first item that is none, however long the array says it is. */
function isTexts(value: unknown): boolean {
  if (!Array.isArray(value)) return false
  for (const item of value) if (typeof item !== 'string') return false
  return true
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
