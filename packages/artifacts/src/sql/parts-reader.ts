import { compileStatement, type SqlDatabase, type SqlStatement } from '@harborage/core/sql'
import { sql, type RawBuilder } from 'kysely'
import type { ArtifactContent } from '../artifact-driver.ts'
import type { ContentReader } from './content-reader.ts'
import { keyOf, type KeyColumns } from './rows.ts'
import type { ArtifactRow, ArtifactTables } from './tables.ts'

/** What is read by one statement at least: enough that a round trip hardly counts, and little beside the whole. */
const PART_BYTES = 4 * 1024 * 1024

/** The server decompresses from the beginning for each part, so that many small ones would take ever longer. */
const MOST_PARTS = 8

interface Part {
  readonly base64: string
}

/** The digest and the size of the bytes, and the first of them. */
interface FirstPart extends Part, Pick<ArtifactRow, 'sha256'> {
  readonly size: number
}

/** Where a part begins, and its length; SQL counts from 1. The digest makes sure that all are of the same bytes. */
interface NextPart extends KeyColumns, Pick<ArtifactRow, 'sha256'> {
  readonly from: number
  readonly length: number
}

/** Reads bytes as base64, in parts, so that little beside them is ever in memory and no part holds up other work. */
export class PartsReader implements ContentReader {
  readonly #database: SqlDatabase
  readonly #first: SqlStatement<KeyColumns, FirstPart>
  readonly #next: SqlStatement<NextPart, Part>

  constructor(database: SqlDatabase) {
    const db = database.builder.$extendTables<ArtifactTables>()
    this.#database = database
    this.#first = compileStatement(
      'artifacts_get_first',
      (at) =>
        db
          .selectFrom('artifacts_blobs')
          // The size of what is there, not what the row says of it, which may be damaged.
          .select([
            'sha256',
            sql<number>`octet_length(bytes)`.as('size'),
            part(sql.lit(1), sql.lit(PART_BYTES)).as('base64'),
          ])
          .where((where) => where.and(keyOf(at))),
      { repeat: 'reads' },
    )
    this.#next = compileStatement(
      'artifacts_get_next',
      (at: NextPart) =>
        db
          .selectFrom('artifacts_blobs')
          .select(part(sql`${at.from}`, sql`${at.length}`).as('base64'))
          .where((where) => where.and({ ...keyOf(at), sha256: at.sha256 })),
      { repeat: 'reads' },
    )
  }

  async read(key: KeyColumns): Promise<ArtifactContent | undefined> {
    const [first] = await this.#database.rows(this.#first, key)
    if (first === undefined) return undefined
    const { sha256, size } = first
    const bytes = new Uint8Array(size)
    decodeInto(bytes, 0, first)
    const length = Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS))
    for (let done = PART_BYTES; done < size; done += length) {
      const at = { ...key, sha256, from: done + 1, length }
      const [next] = await this.#database.rows(this.#next, at)
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
