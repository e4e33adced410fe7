import { hash } from 'node:crypto'

/**
 * The digits of a compact UUID. They have the order of their codes, so that texts sort as UUIDs.
 */
const DIGITS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
/** The value of each digit, by its code. */
const VALUES = Uint8Array.from({ length: 128 }, (_, code) =>
  Math.max(0, DIGITS.indexOf(String.fromCharCode(code))),
)
const COMPACT_LENGTH = 22

/** Begins the name of an id that is no UUID. It sorts after all digits. */
const OTHER = '~'
const HASHED = '%h'
/** From this size on, an escaped id is replaced by its digest. */
const MAX_ESCAPED_BYTES = 160

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * Returns the part of a kind that stands for an id. It sorts as the ids do, for UUIDs and for other
 * ids, which come after all UUIDs. It has no `/`.
 */
export function compactId(id: string): string {
  return uuid.test(id) ? compactUuid(id) : OTHER + escapeName(id, MAX_ESCAPED_BYTES)
}

/** Returns the id of a part of a kind, or `undefined` if the part is only its digest. */
export function idOfCompact(part: string): string | undefined {
  return part.startsWith(OTHER) ? unescapeName(part.slice(1)) : uuidOf(part)
}

/**
 * Returns a text for any string that is well-formed and has no `/` and no NUL. Different strings
 * have different texts. One that would be longer than `maxBytes` is replaced by its digest.
 */
export function escapeName(name: string, maxBytes: number): string {
  const escaped = /[%/\0\p{Surrogate}]/u.test(name)
    ? name.replaceAll(/[%/\0\p{Surrogate}]/gu, escapeCharacter)
    : name
  if (escaped.length * 3 <= maxBytes || Buffer.byteLength(escaped) <= maxBytes) return escaped
  return HASHED + digestOf(name)
}

/** Returns the name of an escaped text, or `undefined` if the text is only its digest. */
export function unescapeName(escaped: string): string | undefined {
  if (escaped.startsWith(HASHED)) return undefined
  if (!escaped.includes('%')) return escaped
  return escaped.replaceAll(/%([0-9a-f]{4})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}

/** Returns whether an escaped text is the digest of a name, and nothing else. */
export function isDigest(escaped: string): boolean {
  return escaped.startsWith(HASHED) && /^[\w-]{43}$/.test(escaped.slice(HASHED.length))
}

/** Returns a digest of the UTF-16 units of a string, which distinguishes lone surrogates, too. */
export function digestOf(text: string): string {
  return hash('sha256', Buffer.from(text, 'utf16le'), 'base64url')
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function compactUuid(id: string): string {
  const hex = id.replaceAll('-', '')
  let text = ''
  // Six hexadecimal digits are four of these; the last two are two more.
  for (let at = 0; at < 30; at += 6) text += digits(Number.parseInt(hex.slice(at, at + 6), 16), 4)
  return text + digits(Number.parseInt(hex.slice(30), 16), 2)
}

function digits(value: number, count: number): string {
  let text = ''
  for (let at = count - 1; at >= 0; at -= 1) text += DIGITS.charAt((value >>> (6 * at)) & 63)
  return text
}

function uuidOf(compact: string): string {
  let hex = ''
  for (let at = 0; at < 20; at += 4) hex += hexOf(compact.slice(at, at + 4), 6)
  hex += hexOf(compact.slice(20, COMPACT_LENGTH), 2)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}

function hexOf(text: string, length: number): string {
  let value = 0
  for (let at = 0; at < text.length; at += 1) {
    value = value * 64 + (VALUES[text.charCodeAt(at)] ?? 0)
  }
  return value.toString(16).padStart(length, '0')
}
