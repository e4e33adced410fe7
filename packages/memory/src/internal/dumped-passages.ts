import { compareNames, compareOwners } from '@harborage/core/kit'
import type { PassagePlace } from '../passage-driver.ts'
import type { DumpedPassage, DumpedPassages } from '../passage.ts'
import { moveDigests } from './words.ts'

/** Compares two collections by tenant, user, session, run and name, each by its UTF-8 bytes. */
export function compareCollections(left: PassagePlace, right: PassagePlace): number {
  return (
    compareOwners(left.identity, right.identity) || compareNames(left.collection, right.collection)
  )
}

/** Returns a copy that shares nothing that can be changed. */
export function copyOfPassages({ identity, collection, passages }: DumpedPassages): DumpedPassages {
  return {
    identity: { ...identity },
    collection,
    passages: passages.map(({ words, bytes, createdAt }) => ({
      words: [...words],
      bytes: bytes.slice(),
      createdAt: new Date(createdAt),
    })),
  }
}

/** Returns whether two collections have the same passages in the same order. */
export function isSamePassages(left: DumpedPassages, right: DumpedPassages): boolean {
  return (
    left.passages.length === right.passages.length &&
    left.passages.every((passage, index) => isSamePassage(passage, right.passages[index]))
  )
}

/** Returns whether two passages have the same words, content and date. */
export function isSamePassage(left: DumpedPassage, right: DumpedPassage | undefined): boolean {
  return (
    right !== undefined &&
    left.createdAt.getTime() === right.createdAt.getTime() &&
    left.words.join(' ') === right.words.join(' ') &&
    Buffer.compare(left.bytes, right.bytes) === 0
  )
}

/** Returns the date of the newest passage of a collection, which has at least one. */
export function newestOf({ passages }: Pick<DumpedPassages, 'passages'>): Date {
  return new Date(Math.max(...passages.map(({ createdAt }) => createdAt.getTime())))
}

/** The approximate size of a passage without its words and its content. */
const PASSAGE_BYTES = 64

/** Returns the approximate size of passages in memory. */
export function sizeOfPassages({ passages }: DumpedPassages): number {
  return passages.reduce(
    (sum, { words, bytes }) =>
      sum + PASSAGE_BYTES + bytes.byteLength + words.reduce((all, { length }) => all + length, 0),
    0,
  )
}

/**
 * Returns passages as a dump has them, whose words stand for no place, or those of a dump for the
 * place that they name. Calling it twice changes nothing.
 */
export function movePassages(moved: DumpedPassages): DumpedPassages {
  const { identity, collection, passages } = moved
  const { tenantId, userId } = identity
  const place = { tenantId, userId, collection }
  return {
    identity,
    collection,
    passages: passages.map(({ words, bytes, createdAt }) => ({
      words: moveDigests(place, words),
      bytes,
      createdAt,
    })),
  }
}
