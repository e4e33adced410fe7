import { type EventId, HarborageError, type JsonObject, newEventId } from '@harborage/core'
import { captureDate, checkEventId, strictJsonObject } from '@harborage/core/kit'
import { z } from 'zod'
import { MAX_TURN_BYTES, type ConversationTurn, type TrajectoryDigest } from '../conversation.ts'

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
  .transform((texts) => Array.from({ length: texts.length }, (_, index) => texts[index] ?? ''))

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
  timestamp: z
    .custom<Date>((value) => captureDate(value) !== undefined, { error: 'expected a valid Date' })
    .transform((date) => captureDate(date) ?? date)
    .exactOptional(),
  turnId: z.unknown().optional(),
})

/** The farthest that a Date goes from 1970 on either side. */
const MAX_DATE_MS = 8.64e15

const turnNames: ReadonlySet<string> = new Set<keyof ConversationTurn>([
  'turnId',
  'timestamp',
  'userMessage',
  'assistantResponse',
  'trajectoryDigest',
  'artifactsShown',
  'artifactsHiddenRefs',
])

const digestNames: ReadonlySet<string> = new Set<keyof TrajectoryDigest>([
  'toolsInvoked',
  'observationsSummary',
  'reasoningSummary',
  'artifactsRefs',
])

/**
 * Checks a turn and writes it as {@link writeTurn} does.
 *
 * @throws `invalid_record`, naming the field.
 */
export function checkTurn(turn: ConversationTurn): CheckedTurn {
  const parsed = givenTurn.safeParse(turn)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      ({ code, path, message }) =>
        // Names that a caller made up may be taken from a conversation.
        `${['turn', ...path].join('.')}: ${code === 'unrecognized_keys' ? 'it has unknown fields' : message}`,
    )
    throw new HarborageError('invalid_record', faults.join('; '))
  }
  const { timestamp = new Date() } = parsed.data
  return writeTurn({
    ...parsed.data,
    // An idempotency key that was meant and got lost would say the turn anew with each retry.
    turnId:
      'turnId' in parsed.data ? checkEventId('turn.turnId', parsed.data.turnId) : newEventId(),
    timestamp,
  })
}

/**
 * Reads what {@link writeTurn} wrote as JSON; `undefined` if it is something else. By hand, because it is done for every
 * turn of a context, and what JSON gave holds no surprises.
 */
export function parseTurn(json: unknown): TurnWithId | undefined {
  if (!hasOnly(turnNames, json)) return undefined
  const { turnId, timestamp, userMessage, assistantResponse } = json
  const { trajectoryDigest, artifactsShown, artifactsHiddenRefs } = json
  if (
    typeof userMessage !== 'string' ||
    typeof assistantResponse !== 'string' ||
    typeof timestamp !== 'number' ||
    !Number.isInteger(timestamp) ||
    Math.abs(timestamp) > MAX_DATE_MS ||
    !isEventId(turnId) ||
    (trajectoryDigest !== undefined && !isDigest(trajectoryDigest)) ||
    (artifactsShown !== undefined && !isObject(artifactsShown)) ||
    (artifactsHiddenRefs !== undefined && !isTexts(artifactsHiddenRefs))
  ) {
    return undefined
  }
  return {
    turnId,
    timestamp: new Date(timestamp),
    userMessage,
    assistantResponse,
    ...(trajectoryDigest === undefined ? {} : { trajectoryDigest }),
    ...(artifactsShown === undefined ? {} : { artifactsShown }),
    ...(artifactsHiddenRefs === undefined ? {} : { artifactsHiddenRefs }),
  }
}

/**
 * Writes a turn as JSON, always with its fields in the same order.
 *
 * @throws `invalid_record`, naming the field.
 */
export function writeTurn(turn: TurnWithId): CheckedTurn {
  const text = strictJsonObject('turn', turnObject(turn), MAX_TURN_BYTES)
  // What it holds was looked at twice by now: a getter may answer anew each time.
  if (parseTurn(JSON.parse(text)) === undefined) {
    throw new HarborageError(
      'invalid_record',
      'turn is not the same each time it is read: pass plain values',
    )
  }
  return { turnId: turn.turnId, turn, text }
}

/** Tells whether a kept turn carries more than its two texts, by how {@link writeTurn} ends it. */
export function carriesMore(text: string): boolean {
  return text.at(-2) !== '"'
}

/** Returns the JSON of what a kept turn carries beside its two texts; `''` if that is nothing. */
export function carriedText(text: string): string {
  if (!carriesMore(text)) return ''
  // Within a text of the turn the quotes would be escaped, and what is nested comes behind what it is nested in.
  const starts = carried.map((name) => text.indexOf(`,"${name}":`)).filter((start) => start !== -1)
  return starts.length === 0 ? '' : `{${text.slice(Math.min(...starts) + 1)}`
}

const carried = ['trajectoryDigest', 'artifactsShown', 'artifactsHiddenRefs'] as const

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

function hasOnly(
  names: ReadonlySet<string>,
  json: unknown,
): json is Readonly<Record<string, unknown>> {
  if (!isObject(json)) return false
  for (const name of Object.keys(json)) if (!names.has(name)) return false
  return true
}

function isDigest(json: unknown): json is TrajectoryDigest {
  return (
    hasOnly(digestNames, json) &&
    isTexts(json['toolsInvoked']) &&
    typeof json['observationsSummary'] === 'string' &&
    typeof json['reasoningSummary'] === 'string' &&
    isTexts(json['artifactsRefs'])
  )
}

function isEventId(json: unknown): json is EventId {
  try {
    checkEventId('turnId', json)
    return true
  } catch {
    return false
  }
}

/** Stops at the first item that is none, however long the array says it is; its own iterator may never end. */
function isTexts(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || value.length > MAX_TURN_BYTES) return false
  for (let index = 0; index < value.length; index += 1) {
    if (typeof value[index] !== 'string') return false
  }
  return true
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
