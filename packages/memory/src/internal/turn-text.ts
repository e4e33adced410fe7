import { HarborageError, newEventId, type EventId, type JsonObject } from '@harborage/core'
import { captureDate, checkEventId, strictJsonObject, withoutInherited } from '@harborage/core/kit'
import { z } from 'zod'
import { MAX_TURN_BYTES, type ConversationTurn, type TrajectoryDigest } from '../conversation.ts'

/** A turn with its id. */
export type TurnWithId = ConversationTurn & { readonly turnId: EventId }

/** A checked turn. */
export interface CheckedTurn {
  readonly turnId: EventId
  readonly turn: ConversationTurn
  /** The turn as it is stored. */
  readonly text: string
}

/** A turn as a caller passed it. */
export interface GivenTurn extends CheckedTurn {
  /** Whether the caller passed an id, so that a repeated call has the same. */
  readonly isIdGiven: boolean
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

/** The largest distance of a Date from 1970. */
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
export function checkTurn(turn: ConversationTurn): GivenTurn {
  const parsed = givenTurn.safeParse(withoutInherited(turn))
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      ({ code, path, message }) =>
        // Without the unknown names, which may come from a conversation.
        `${['turn', ...path].join('.')}: ${code === 'unrecognized_keys' ? 'it has unknown fields' : message}`,
    )
    throw new HarborageError('invalid_record', faults.join('; '))
  }
  const isIdGiven = Object.hasOwn(parsed.data, 'turnId')
  const isTimeGiven = Object.hasOwn(parsed.data, 'timestamp')
  const written = writeTurn({
    ...parsed.data,
    // Rejects an explicit `undefined`: each retry would get a new id and add the turn again.
    turnId: isIdGiven ? checkEventId('turn.turnId', parsed.data.turnId) : newEventId(),
    timestamp: (isTimeGiven ? parsed.data.timestamp : undefined) ?? new Date(),
  })
  return { ...written, isIdGiven }
}

/**
 * Reads a turn from the parsed JSON of {@link writeTurn}, or returns `undefined` if it is not one.
 * It uses no schema library, because it runs for every turn of a context.
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
 * Writes a turn as JSON, with its fields in a fixed order.
 *
 * @throws `invalid_record`, naming the field.
 */
export function writeTurn(turn: TurnWithId): CheckedTurn {
  const text = strictJsonObject('turn', turnObject(turn), MAX_TURN_BYTES)
  // The arrays and objects of a caller were read twice by now, and a getter may have returned
  // different values.
  if (hasMore(turn) && parseTurn(JSON.parse(text)) === undefined) {
    throw new HarborageError(
      'invalid_record',
      'turn is not the same each time it is read: pass plain values',
    )
  }
  return { turnId: turn.turnId, turn, text }
}

/** Returns whether a turn has more than its two texts. */
function hasMore(turn: TurnWithId): boolean {
  const { trajectoryDigest, artifactsShown, artifactsHiddenRefs } = turn
  return (trajectoryDigest ?? artifactsShown ?? artifactsHiddenRefs) !== undefined
}

/** Returns how {@link writeTurn} begins every turn with this id, and no other turn. */
export function beginningOfTurn(turnId: EventId): string {
  return `{"turnId":${JSON.stringify(turnId)},`
}

/**
 * Returns whether a stored turn has more than its two texts, which shows in how {@link writeTurn}
 * ends it.
 */
export function carriesMore(text: string): boolean {
  return text.at(-2) !== '"'
}

/**
 * Returns the JSON of the fields of a stored turn besides its two texts; `''` if there are none.
 */
export function carriedText(text: string): string {
  if (!carriesMore(text)) return ''
  // No text of the turn can match, since its quotes are escaped, and nested fields come after the
  // outer ones.
  const starts = carried.map((name) => text.indexOf(`,"${name}":`)).filter((start) => start !== -1)
  return starts.length === 0 ? '' : `{${text.slice(Math.min(...starts) + 1)}`
}

const carried = ['trajectoryDigest', 'artifactsShown', 'artifactsHiddenRefs'] as const

/** Returns the object to write as JSON, with its fields in a fixed order. */
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

/**
 * Returns whether a value is an array of strings. Does not use its iterator, which may never end.
 */
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
