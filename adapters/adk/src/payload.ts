import { HarborageError } from '@harborage/core'
import { decodeJson, decodeJsonObject, encodeJson } from '@harborage/core/adapter'

/** The format of all that this release writes. */
export const FORMAT = 1

/** What is encoded, in messages. */
const WHAT = 'an event, a value of the state or an artifact'

/** What a slot or an entry says. */
export type Payload = Readonly<Record<string, unknown>>

/**
 * Returns the bytes of what is stored, with the number of its format.
 *
 * @throws `invalid_record` if it holds what JSON cannot represent.
 */
export function encodePayload(content: Payload): Uint8Array {
  return new TextEncoder().encode(encodeJson({ format: FORMAT, ...content }, WHAT))
}

/**
 * Returns what {@link encodePayload} was called with.
 *
 * @param isSound Whether the content is what the caller writes.
 * @throws `schema_too_new` if a newer release wrote it; `invalid_record` if it is damaged.
 */
export function decodePayload<Content extends object>(
  { bytes }: { readonly bytes: Uint8Array },
  isSound: (content: Payload) => content is Payload & Content,
): Content {
  const payload = decodeJsonObject(bytes)
  const format = payload?.['format']
  if (typeof format === 'number' && format > FORMAT) {
    throw new HarborageError(
      'schema_too_new',
      `what is stored has format ${format}, and this release reads up to ${FORMAT}: update @harborage/adk`,
    )
  }
  if (payload !== undefined && format === FORMAT && isSound(payload)) return payload
  throw new HarborageError(
    'invalid_record',
    'what is stored is not as this package writes it: restore it from a backup, or delete the session',
  )
}

/**
 * Returns a copy of an object that later changes of the object do not affect.
 *
 * @throws `invalid_record` if it holds what JSON cannot represent.
 */
export function captureObject(value: object): object {
  const copy = decodeJson(encodeJson(value, WHAT))
  return isObject(copy) ? copy : {}
}

/** Returns whether a value is an object that is no array. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
