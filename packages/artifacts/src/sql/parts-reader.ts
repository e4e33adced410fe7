import { compileStatement, type SqlDatabase, type SqlStatement } from '@harborage/core/sql'
import { sql, type RawBuilder } from 'kysely'
import type { ArtifactContent } from '../artifact-driver.ts'
import type { ContentReader } from './content-reader.ts'
import { keyOf, type KeyColumns } from './rows.ts'
import type { ArtifactRow, ArtifactTables } from './tables.ts'

/** What is read by one statement: enough that a round trip hardly counts, and little beside the whole. */
const PART_BYTES = 4 * 1024 * 1024

interface Part {
  readonly base64: string
}

/** The digest and the size of the bytes, and the first of them. */
interface FirstPart extends Part, Pick<ArtifactRow, 'sha256'> {
  readonly size: number
}

/** Where a part begins; SQL counts from 1. The digest makes sure that all parts are of the same bytes. */
type NextPart = KeyColumns & Pick<ArtifactRow, 'sha256'> & { readonly from: number }

/** Reads bytes as base64, in parts, so that little beside them is ever in memory and no part holds up other work. */
export class PartsReader implements ContentReader {
  readonly #database: SqlDatabase
  readonly #first: SqlStatement<KeyColumns, FirstPart>
  readonly #next: SqlStatement<NextPart, Part>

  constructor(database: SqlDatabase) {
    const db = database.builder.$extendTables<ArtifactTables>()
    this.#database = database
    this.#first = compileStatement('artifacts_get_first', (at) =>
      db
        .selectFrom('artifacts_blobs')
        // The size of what is there, not what the row says of it, which may be damaged.
        .select(['sha256', sql<number>`octet_length(bytes)`.as('size'), partFrom(1).as('base64')])
        .where((where) => where.and(keyOf(at))),
    )
    this.#next = compileStatement('artifacts_get_next', (at: NextPart) =>
      db
        .selectFrom('artifacts_blobs')
        .select(partFrom(at.from).as('base64'))
        .where((where) => where.and({ ...keyOf(at), sha256: at.sha256 })),
    )
  }

  async read(key: KeyColumns): Promise<ArtifactContent | undefined> {
    const [first] = await this.#database.rows(this.#first, key)
    if (first === undefined) return undefined
    const { sha256, size } = first
    const bytes = new Uint8Array(size)
    decodeInto(bytes, 0, first)
    for (let done = PART_BYTES; done < size; done += PART_BYTES) {
      const [next] = await this.#database.rows(this.#next, { ...key, sha256, from: done + 1 })
      // Deleted in between: then it is not there.
      if (next === undefined) return undefined
      decodeInto(bytes, done, next)
    }
    return { bytes, sha256 }
  }
}

function partFrom(from: number): RawBuilder<string> {
  const part = sql`substring(${sql.ref('bytes')} from ${from} for ${sql.lit(PART_BYTES)})`
  return sql<string>`encode(${part}, 'base64')`
}

/** What is stored may be damaged and have another length; its digest will tell. */
function decodeInto(bytes: Uint8Array, from: number, { base64 }: Part): void {
  Buffer.from(bytes.buffer, bytes.byteOffset).write(base64, from, 'base64')
}
