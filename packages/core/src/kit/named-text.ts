import { HarborageError, type ErrorCode } from '../harborage-error.ts'

/** The most UTF-8 bytes that a text which names something (identity part, kind, namespace, artifact id) may have. */
export const MAX_NAME_BYTES = 256

/** The most UTF-8 bytes that an event id may have. */
export const MAX_EVENT_ID_BYTES = 128

const MAX_BYTES_PER_CODE_UNIT = 3

/**
 * Checks a text that names something and returns it; fails with the given code, naming the field, if it is malformed.
 *
 * Names are compared by their bytes, so they have to survive every database unchanged: SQLite and Postgres both
 * store any lone surrogate as U+FFFD, which would make two names one, and Postgres refuses NUL.
 */
export function checkName(
  field: string,
  value: unknown,
  code: ErrorCode,
  maxBytes: number = MAX_NAME_BYTES,
): string {
  const fault = faultOf(value, maxBytes)
  if (typeof value === 'string' && fault === undefined) return value
  throw new HarborageError(
    code,
    `${field} ${fault}: pass well-formed Unicode of at most ${maxBytes} UTF-8 bytes without NUL`,
  )
}

function faultOf(value: unknown, maxBytes: number): string | undefined {
  if (typeof value !== 'string') return `is ${describeType(value)}, not a string`
  if (value.length * MAX_BYTES_PER_CODE_UNIT > maxBytes && Buffer.byteLength(value) > maxBytes) {
    return 'is too long'
  }
  if (!value.isWellFormed()) return 'holds a lone surrogate'
  if (value.includes('\0')) return 'holds a NUL character'
  return undefined
}

/** As {@link checkName}, for a text that may not be empty either. */
export function checkRequiredName(field: string, value: unknown, code: ErrorCode): string {
  if (value === undefined || value === null || value === '') {
    throw new HarborageError(code, `${field} is missing or empty: pass a non-empty string`)
  }
  return checkName(field, value, code)
}

/** Names the type of a value for a message; never the value, which may be a secret. */
export function describeType(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (typeof value !== 'object') return `a ${typeof value}`
  return isArray(value) ? 'an array' : 'an object'
}

/** `Array.isArray` throws for a revoked proxy. */
function isArray(value: object): boolean {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}

/** Orders two texts by their UTF-8 bytes, as `COLLATE "C"` and SQLite's BINARY do; UTF-16 order differs. */
export function compareNames(left: string, right: string): number {
  if (left === right) return 0
  const shared = Math.min(left.length, right.length)
  for (let place = 0; place < shared; place += 1) {
    const order = rankOf(left.charCodeAt(place)) - rankOf(right.charCodeAt(place))
    if (order !== 0) return Math.sign(order)
  }
  return Math.sign(left.length - right.length)
}

/** Halves of astral characters come last in UTF-8, and before U+E000 to U+FFFF in UTF-16. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
