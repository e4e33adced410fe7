import { createHash } from 'node:crypto'

/** The largest number of different words of a text that are kept. */
export const MAX_WORDS = 4096

/** The bytes of the digest that stands for a word. */
const DIGEST_BYTES = 12

/** Characters of scripts that put no spaces between words. Each is taken for a word. */
const alone = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}`
const word = new RegExp(String.raw`[${alone}]|(?:(?![${alone}])[\p{L}\p{M}\p{N}])+`, 'gu')

/**
 * Returns the different words of a text, in lower case, of which each is a row of letters, marks
 * and digits. Forms that Unicode calls compatible are the same word.
 */
export function wordsOf(text: string, limit: number = MAX_WORDS): readonly string[] {
  const words = new Set<string>()
  for (const [found] of text.normalize('NFKC').toLowerCase().matchAll(word)) {
    if (words.size === limit) break
    words.add(found)
  }
  return [...words]
}

/** What words are kept for. Those of two places never meet in an index. */
export interface WordPlace {
  readonly tenantId: string
  readonly userId: string
  readonly collection: string
}

/**
 * Returns digests that stand for words, made of letters and digits of ASCII: those of two places
 * have none in common.
 */
export function digestsOf(place: WordPlace, words: readonly string[]): readonly string[] {
  return moveDigests(
    place,
    words.map((each) => textOf(digestOf(each))),
  )
}

/**
 * Returns digests without their place, which a dump has, or those of a dump for a place. Calling it
 * twice changes nothing.
 */
export function moveDigests(
  { tenantId, userId, collection }: WordPlace,
  digests: readonly string[],
): readonly string[] {
  const mask = digestOf(JSON.stringify([tenantId, userId, collection]))
  return digests.map((each) => {
    const moved = Buffer.from(each.slice(1), 'hex')
    for (const [index, byte] of mask.entries()) moved[index] = (moved[index] ?? 0) ^ byte
    return textOf(moved)
  })
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest().subarray(0, DIGEST_BYTES)
}

function textOf(digest: Buffer): string {
  return `w${digest.toString('hex')}`
}

const digestPattern = new RegExp(`^w[0-9a-f]{${2 * DIGEST_BYTES}}$`)

/** Returns whether a value has the form of what {@link digestsOf} returns. */
export function isDigest(value: unknown): value is string {
  return typeof value === 'string' && digestPattern.test(value)
}

/** Returns how many of some words others have. */
export function commonWords(words: ReadonlySet<string>, others: readonly string[]): number {
  return others.reduce((sum, each) => sum + (words.has(each) ? 1 : 0), 0)
}
