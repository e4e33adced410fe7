import { sql, type RawBuilder } from 'kysely'
import { forAnyTables } from '../any-tables.ts'
import type { SqlCalls } from '../sql-calls.ts'
import { compileStatement } from '../sql-statement.ts'
import type { LargeContent, LargeRead, LargeValue } from './sql-dialect.ts'

/**
 * What is read by one statement at least: enough that a round trip hardly counts, and little beside
 * the whole.
 */
const PART_BYTES = 4 * 1024 * 1024

/**
 * The server decompresses from the beginning for each part, so that many small ones would take ever
 * longer.
 */
const MOST_PARTS = 8

interface Part {
  readonly base64: string
}

/** The digest and the size of the bytes, and the first of them. */
interface FirstPart extends Part, Pick<LargeContent, 'sha256'> {
  readonly size: number
}

/**
 * Where a part begins, and its length; SQL counts from 1. The digest makes sure that all are of the
 * same bytes.
 */
interface Place extends Pick<LargeContent, 'sha256'> {
  readonly from: number
  readonly length: number
}

/**
 * Reads bytes in parts, so that little beside them is ever in memory and no part holds up other
 * work. They leave the server as text, of which base64 is the shortest that can be read.
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
        // The size of what is there, not what the row says of it, which may be damaged.
        .select([
          'sha256',
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
    const { sha256, size } = first
    const bytes = new Uint8Array(size)
    decodeInto(bytes, 0, first)
    const length = Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS))
    for (let done = PART_BYTES; done < size; done += length) {
      const [next] = await calls.rows(getNext, { ...key, sha256, from: done + 1, length })
      // Deleted in between: then it is not there.
      if (next === undefined) return undefined
      decodeInto(bytes, done, next)
    }
    return { bytes, sha256 }
  }
}

function part(from: RawBuilder<unknown>, length: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`encode(substring(${sql.ref('bytes')} from ${from} for ${length}), 'base64')`
}

/** What is stored may be damaged and have another length; its digest will tell. */
function decodeInto(bytes: Uint8Array, from: number, { base64 }: Part): void {
  Buffer.from(bytes.buffer, bytes.byteOffset).write(base64, from, 'base64')
}
