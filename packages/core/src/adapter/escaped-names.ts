import { hash } from 'node:crypto'

/** Begins what stands for a name that is too long: a digest follows. No escape has this form. */
const HASHED = '%h'

/**
 * Returns a text for any string that is well-formed and has no `/` and no NUL. Different strings
 * have different texts. One that would be longer than `maxBytes` is replaced by its digest.
 *
 * @param name Any string.
 * @param maxBytes The largest size in UTF-8 bytes, at least 45.
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

/**
 * Returns whether an escaped text is a digest, and nothing else.
 *
 * @param mark What begins it. Default: what begins the digest of a name.
 */
export function isDigest(escaped: string, mark: string = HASHED): boolean {
  return escaped.startsWith(mark) && /^[\w-]{43}$/.test(escaped.slice(mark.length))
}

/**
 * Returns a digest of the UTF-16 units of a text, which distinguishes lone surrogates, too: the
 * SHA-256 in 43 letters, digits, `-` and `_`.
 */
export function digestOf(text: string): string {
  return hash('sha256', Buffer.from(text, 'utf16le'), 'base64url')
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
