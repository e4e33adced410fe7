import { randomBytes } from 'node:crypto'
import type { LoadOutcome } from '@harborage/core/kit'
import {
  changeRows,
  pipeline,
  refuseToRepeat,
  selectRows,
  WriteConflict,
  type SqlWork,
} from '@harborage/core/sql'
import { isSamePassage } from '../internal/dumped-passages.ts'
import type { DatedCollection } from '../passage-driver.ts'
import type { DumpedPassage, DumpedPassages } from '../passage.ts'
import {
  collectionColumns,
  passageIn,
  type HeldColumns,
  type PassageStatements,
} from './passage-statements.ts'
import type { CollectionColumns } from './rows.ts'

/** A passage at its place. */
interface Placed {
  readonly ordinal: number
  readonly passage: DumpedPassage
}

/** A passage that is stored. */
interface Held extends Placed {
  readonly id: number
}

/**
 * Replaces the passages of a collection. Those that stay the same are not written again, so that
 * adding to a long session costs what is added.
 *
 * @throws WriteConflict if others changed them meanwhile.
 */
export function* replaceWork(
  statements: PassageStatements,
  { identity, collection, passages }: DumpedPassages,
  mayBeApplied: boolean,
): SqlWork<void> {
  refuseToRepeat(mayBeApplied)
  const at = collectionColumns({ identity, collection })
  const held = yield* holdWork(statements, at)
  const stays = (each: Held): boolean => isSamePassage(each.passage, passages[each.ordinal])
  const staying = new Set(held.filter(stays).map(({ ordinal }) => ordinal))
  const leaving = held.filter(({ ordinal }) => !staying.has(ordinal))
  const coming = passages
    .map((passage, ordinal) => ({ ordinal, passage }))
    .filter(({ ordinal }) => !staying.has(ordinal))
  yield* pipeline([
    ...leaving.map((each) => dropWork(statements, at, each)),
    ...coming.map((each) => insertWork(statements, at, each)),
  ])
}

/**
 * Loads passages of a dump, or finds what is there.
 *
 * @throws WriteConflict if others changed the collection meanwhile.
 */
export function* loadWork(
  statements: PassageStatements,
  { identity, collection, passages }: DumpedPassages,
): SqlWork<LoadOutcome> {
  const at = collectionColumns({ identity, collection })
  const held = yield* holdWork(statements, at)
  if (held.length > 0) {
    const isSame =
      held.length === passages.length &&
      held.every(({ passage }, index) => isSamePassage(passage, passages[index]))
    return isSame ? 'unchanged' : 'conflict'
  }
  yield* pipeline(
    passages.map((passage, ordinal) => insertWork(statements, at, { ordinal, passage })),
  )
  return 'loaded'
}

/**
 * Removes a collection unless its newest passage has another date. Returns whether it was removed,
 * by an earlier attempt, too.
 *
 * @throws WriteConflict if others changed the collection meanwhile.
 */
export function* removeWork(
  { lock, newest, dropAll }: PassageStatements,
  collection: DatedCollection,
  mayBeApplied: boolean,
): SqlWork<boolean> {
  const at = collectionColumns(collection)
  const locked = yield* selectRows(lock, at)
  const [found] = yield* selectRows(newest, at)
  if (found === undefined || found.newest === null) return mayBeApplied
  if (Number(found.newest) !== collection.newest.getTime()) return false
  // While one of its passages is locked, no other is added.
  if (Number(found.count) !== locked.length) throw new WriteConflict()
  yield* changeRows(dropAll, at)
  return true
}

/**
 * Locks the rows of a collection and reads them.
 *
 * @throws WriteConflict if the rows that were locked are not all: others have added some while this
 * work waited for the lock.
 */
function* holdWork(
  { lock, all }: PassageStatements,
  at: CollectionColumns,
): SqlWork<readonly Held[]> {
  const locked = yield* selectRows(lock, at)
  const rows = yield* selectRows(all, at)
  const ids = new Set(locked.map(({ id }) => Number(id)))
  const held = rows.map(heldIn)
  if (held.length !== ids.size || held.some(({ id }) => !ids.has(id))) throw new WriteConflict()
  return held
}

function heldIn(row: HeldColumns): Held {
  return { ordinal: Number(row.ordinal), id: Number(row.id), passage: passageIn(row) }
}

function dropWork(
  { drop }: PassageStatements,
  at: CollectionColumns,
  { ordinal, id }: Held,
): SqlWork<number> {
  return changeRows(drop, { ...at, ordinal, id })
}

function insertWork(
  { insert }: PassageStatements,
  at: CollectionColumns,
  { ordinal, passage: { words, bytes, createdAt } }: Placed,
): SqlWork<number> {
  return changeRows(insert, {
    ...{ ...at, ordinal, id: randomId(), bytes },
    created_at: createdAt.getTime(),
    words: words.join(' '),
  })
}

/** Returns a random number of 53 bits. */
function randomId(): number {
  return Number(randomBytes(8).readBigUInt64BE() >> 11n)
}
