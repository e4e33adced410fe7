import { sql, type RawBuilder } from 'kysely'
import { forAnyTables, type SqlCalls } from '../sql-calls.ts'
import { compileStatement } from '../sql-statement.ts'
import type { LargeContent, LargeRead, LargeValue } from './sql-dialect.ts'

/** Compiles a read of a large value in one statement. */
export function compileDirectRead<Key extends object>(
  calls: SqlCalls,
  { name, table, keyOf }: LargeValue<Key>,
): LargeRead<Key> {
  const db = forAnyTables(calls.builder)
  const get = compileStatement(
    name,
    (at: Key) =>
      db
        .selectFrom(table)
        // The bytes first: where the checksum is behind them, SQLite then knows the way to it.
        .select(['bytes', 'sha256', 'size_bytes', 'checksum', 'expires_at'])
        .where((where) => where.and(keyOf(at)))
        .$castTo<LargeContent>(),
    { repeat: 'reads', isPointRead: true },
  )
  return async (key) => {
    const [content] = await calls.rows(get, key)
    return content
  }
}

/** The smallest part that a statement reads: large enough that a round trip hardly matters. */
const PART_BYTES = 4 * 1024 * 1024

/**
 * The largest number of parts. The server decompresses from the beginning for each part, so the
 * time would grow with the square of their number.
 */
const MAX_PARTS = 8

interface Part {
  readonly base64: string
}

/** The first part, with what is stored beside the whole, and its actual size. */
interface FirstPart extends Part, Omit<LargeContent, 'bytes'> {
  readonly size: number
}

/**
 * The place of a part. `from` counts from 1, as SQL does. The digest ensures that all parts are of
 * the same content.
 */
interface Place extends Pick<LargeContent, 'sha256'> {
  readonly from: number
  readonly length: number
}

/**
 * Compiles a read of a large value in parts, so it takes little memory besides the value, and no
 * part delays other work for long. The parts are sent as base64, the most compact text format.
 */
export function compileReadInParts<Key extends object>(
  calls: SqlCalls,
  { name, table, keyOf }: LargeValue<Key>,
): LargeRead<Key> {
  const db = forAnyTables(calls.builder)
  const getFirst = compileStatement(
    `${name}_first`,
    (at: Key) =>
      db
        .selectFrom(table)
        // The actual size: the size column of a damaged row may be wrong.
        .select([
          'sha256',
          'size_bytes',
          'checksum',
          'expires_at',
          sql<number>`octet_length(bytes)`.as('size'),
          part(sql.lit(1), sql.lit(PART_BYTES)).as('base64'),
        ])
        .where((where) => where.and(keyOf(at)))
        .$castTo<FirstPart>(),
    { repeat: 'reads' },
  )
  const getNext = compileStatement(
    `${name}_next`,
    (at: Key & Place) =>
      db
        .selectFrom(table)
        .select(part(sql`${at.from}`, sql`${at.length}`).as('base64'))
        .where((where) => where.and({ ...keyOf(at), sha256: at.sha256 }))
        .$castTo<Part>(),
    { repeat: 'reads' },
  )
  return async (key) => {
    const [first] = await calls.rows(getFirst, key)
    if (first === undefined) return undefined
    const { base64: _, size, ...facts } = first
    const { sha256 } = facts
    const bytes = new Uint8Array(size)
    decodeInto(bytes, 0, first)
    const length = Math.max(PART_BYTES, Math.ceil(size / MAX_PARTS))
    for (let done = PART_BYTES; done < size; done += length) {
      const [next] = await calls.rows(getNext, { ...key, sha256, from: done + 1, length })
      // It was deleted in between.
      if (next === undefined) return undefined
      decodeInto(bytes, done, next)
    }
    return { bytes, ...facts }
  }
}

function part(from: RawBuilder<unknown>, length: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`encode(substring(${sql.ref('bytes')} from ${from} for ${length}), 'base64')`
}

/**
 * Decodes a part into its place. A damaged value may have another length; its digest will not
 * match.
 */
function decodeInto(bytes: Uint8Array, from: number, { base64 }: Part): void {
  Buffer.from(bytes.buffer, bytes.byteOffset).write(base64, from, 'base64')
}
