import { escapeName, unescapeName } from '@harborage/core/adapter'

/**
 * The digits of a compact UUID. They have the order of their codes, so that texts sort as UUIDs.
 */
const DIGITS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
/** The value of each digit, by its code. */
const VALUES = Uint8Array.from({ length: 128 }, (_, code) =>
  Math.max(0, DIGITS.indexOf(String.fromCharCode(code))),
)
const HEX_DIGITS = '0123456789abcdef'
/** Where the digits of each byte of a UUID begin. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34]
/** A UUID that is being written, which is faster than to join the texts of its digits. */
const written = Buffer.alloc(36, '-')

/** Begins the name of an id that is no UUID. It sorts after all digits. */
const OTHER = '~'
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
  // Four digits are three bytes; the last two are one more.
  for (let byte = 0, at = 0; byte < 15; byte += 3, at += 4) {
    const value = valueAt(compact, at, 4)
    writeByte(byte, value >>> 16)
    writeByte(byte + 1, value >>> 8)
    writeByte(byte + 2, value)
  }
  writeByte(15, valueAt(compact, 20, 2))
  return written.toString('latin1')
}

function valueAt(compact: string, from: number, count: number): number {
  let value = 0
  for (let at = from; at < from + count; at += 1) {
    value = value * 64 + (VALUES[compact.charCodeAt(at)] ?? 0)
  }
  return value
}

function writeByte(byte: number, value: number): void {
  const place = PLACES[byte] ?? 0
  written[place] = HEX_DIGITS.charCodeAt((value >>> 4) & 15)
  written[place + 1] = HEX_DIGITS.charCodeAt(value & 15)
}
