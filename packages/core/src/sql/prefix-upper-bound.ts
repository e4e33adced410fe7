import { MAX_KIND_BYTES } from '../kit/argument-checks.ts'

const LAST_CODE_POINT = 0x10ffff
const FIRST_SURROGATE = 0xd800
const AFTER_SURROGATES = 0xe000

/**
 * A string that sorts after every name: even a kind, the longest one, is too short to repeat the
 * last code point as often.
 */
const AFTER_ALL_NAMES = String.fromCodePoint(LAST_CODE_POINT).repeat(MAX_KIND_BYTES / 4 + 1)

/**
 * Returns the first string, in byte order, that sorts after every name with the prefix. `>= prefix`
 * and `< bound` make a range that an index serves and in which every character is literal. LIKE
 * ignores case and scans.
 */
export function prefixUpperBound(prefix: string): string {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0)
  while (points.at(-1) === LAST_CODE_POINT) points.pop()
  const last = points.pop()
  if (last === undefined) return AFTER_ALL_NAMES
  const next = last + 1 === FIRST_SURROGATE ? AFTER_SURROGATES : last + 1
  return String.fromCodePoint(...points, next)
}
