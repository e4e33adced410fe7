import { HarborageError, type Subtree } from '@harborage/core'
import {
  captureBytes,
  captureDate,
  checkDateOrNow,
  checkRequiredName,
  checkSubtree,
  describeType,
  KnownNames,
} from '@harborage/core/kit'
import type { PassagePlace, PassageSearch } from '../passage-driver.ts'
import {
  MAX_PASSAGE_TEXT_BYTES,
  MAX_PASSAGES,
  MAX_PASSAGES_BYTES,
  MAX_QUERY_CHARACTERS,
  MAX_QUERY_WORDS,
  type DumpedPassage,
  type DumpedPassages,
  type NewPassage,
} from '../passage.ts'
import { checkIdentityOf, fieldsOf, listOf, malformed } from './dumped-values.ts'
import { digestsOf, isDigest, MAX_WORDS, wordsOf } from './words.ts'

const DEFAULT_LIMIT = 20
const MAX_LIMIT = 100

const passageNames = new KnownNames('the passage', ['text', 'bytes', 'createdAt'])

const dumpNames = new KnownNames('the collection', ['identity', 'collection', 'passages'])
const dumpedNames = new KnownNames('the passage', ['words', 'bytes', 'createdAt'])

/** The names of `SearchOptions`. */
export const searchNames: KnownNames = new KnownNames('options', ['signal', 'limit'])

/** Checks the name of a collection. */
export function checkCollection(collection: unknown): string {
  return checkRequiredName('collection', collection, 'invalid_record', 1024)
}

/**
 * Checks passages, and captures them.
 *
 * @throws `invalid_record` if one is malformed, or there are too many or too large ones.
 */
export function checkPassages(passages: unknown): readonly Required<NewPassage>[] {
  if (!Array.isArray(passages) || passages.length > MAX_PASSAGES) {
    const what = Array.isArray(passages) ? 'too long' : describeType(passages)
    throw new HarborageError(
      'invalid_record',
      `passages is ${what}: pass an array of at most ${MAX_PASSAGES}`,
    )
  }
  let left = MAX_PASSAGES_BYTES
  return Array.from<unknown, Required<NewPassage>>(passages, (given, index) => {
    const passage = checkPassage(given, `passages[${index}]`, left)
    left -= passage.bytes.byteLength + Buffer.byteLength(passage.text)
    if (left < 0) throw tooLarge()
    return passage
  })
}

function checkPassage(given: unknown, field: string, maxBytes: number): Required<NewPassage> {
  if (typeof given !== 'object' || given === null) {
    throw new HarborageError(
      'invalid_record',
      `${field} is ${describeType(given)}: pass an object { text, bytes }`,
    )
  }
  passageNames.check(given)
  const { text, bytes, createdAt }: { readonly [Field in keyof NewPassage]?: unknown } = given
  return {
    text: checkText(`${field}.text`, text),
    bytes: captureBytes(`${field}.bytes`, bytes, maxBytes, tooLarge),
    createdAt: checkDateOrNow(`${field}.createdAt`, createdAt),
  }
}

/**
 * Checks a search.
 *
 * @throws `subtree_required`, `identity_required`, `invalid_identity`, `invalid_record`.
 */
export function checkSearch(
  subtree: PassageSearch['subtree'],
  collection: unknown,
  words: unknown,
  options: object | undefined,
): PassageSearch {
  const checked: Subtree<'run' | 'session' | 'user'> = checkSubtree(subtree, [
    'run',
    'session',
    'user',
  ])
  const name = checkCollection(collection)
  const { tenantId, userId } = checked
  const query = checkString('words', words).slice(0, MAX_QUERY_CHARACTERS)
  const looked = wordsOf(query, MAX_QUERY_WORDS)
  return {
    subtree: checked,
    collection: name,
    words: digestsOf({ tenantId, userId, collection: name }, looked),
    limit: checkLimit(options),
  }
}

/** Checks the place after which a dump begins. */
export function checkPassagePlace(after: PassagePlace): PassagePlace {
  const { identity, collection } = fieldsOf<PassagePlace>('the place', after)
  return { identity: checkIdentityOf(identity), collection: checkCollection(collection) }
}

/**
 * Checks the passages of a collection of a dump, and copies them.
 *
 * @throws `invalid_record`, `invalid_identity` or `identity_required`.
 */
export function checkDumpedPassages(given: unknown): DumpedPassages {
  const { identity, collection, passages } = fieldsOf<DumpedPassages>('the collection', given)
  const checked = checkIdentityOf(identity)
  dumpNames.check(fieldsOf('the collection', given))
  let left = MAX_PASSAGES_BYTES
  const list = listOf('passages', passages, MAX_PASSAGES, (passage) => {
    const captured = checkDumpedPassage(passage, left)
    left -= captured.bytes.byteLength
    return captured
  })
  if (list.length === 0) throw malformed('the collection has no passages')
  return { identity: checked, collection: checkCollection(collection), passages: list }
}

function checkDumpedPassage(given: unknown, maxBytes: number): DumpedPassage {
  const passage = fieldsOf<DumpedPassage>('a passage', given)
  const words = listOf('the words of a passage', passage.words, MAX_WORDS, checkDigest)
  if (new Set(words).size < words.length) throw malformed('a word of a passage is there twice')
  const createdAt = captureDate(passage.createdAt)
  if (createdAt === undefined) throw malformed('the date of a passage is no valid Date')
  dumpedNames.check(passage)
  return { words, bytes: captureBytes('bytes', passage.bytes, maxBytes, tooLarge), createdAt }
}

function checkDigest(given: unknown): string {
  if (isDigest(given)) return given
  throw malformed('a word of a passage is no digest')
}

function checkLimit(options: object | undefined): number {
  const limit: unknown = Reflect.get(options ?? {}, 'limit')
  if (limit === undefined) return DEFAULT_LIMIT
  if (typeof limit === 'number' && Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) {
    return limit
  }
  throw new HarborageError(
    'invalid_record',
    `options.limit is no whole number from 1 to ${MAX_LIMIT}`,
  )
}

function checkString(field: string, text: unknown): string {
  if (typeof text === 'string') return text
  throw new HarborageError('invalid_record', `${field} is ${describeType(text)}: pass a text`)
}

function checkText(field: string, given: unknown): string {
  const text = checkString(field, given)
  if (Buffer.byteLength(text) <= MAX_PASSAGE_TEXT_BYTES) return text
  throw new HarborageError(
    'invalid_record',
    `${field} is longer than ${MAX_PASSAGE_TEXT_BYTES} bytes: make several passages of it`,
  )
}

function tooLarge(): HarborageError {
  return new HarborageError(
    'invalid_record',
    `the passages hold more than ${MAX_PASSAGES_BYTES} bytes in all: keep fewer or smaller ones`,
  )
}
