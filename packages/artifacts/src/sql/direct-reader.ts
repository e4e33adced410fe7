import { compileStatement, type SqlDatabase, type SqlStatement } from '@harborage/core/sql'
import type { ArtifactContent } from '../artifact-driver.ts'
import type { ContentReader } from './content-reader.ts'
import { keyOf, type KeyColumns } from './rows.ts'
import type { ArtifactTables } from './tables.ts'

/** Reads all bytes at once. */
export class DirectReader implements ContentReader {
  readonly #database: SqlDatabase
  readonly #get: SqlStatement<KeyColumns, ArtifactContent>

  constructor(database: SqlDatabase) {
    const db = database.builder.$extendTables<ArtifactTables>()
    this.#database = database
    this.#get = compileStatement(
      'artifacts_get',
      (at) =>
        db
          .selectFrom('artifacts_blobs')
          .select(['sha256', 'bytes'])
          .where((where) => where.and(keyOf(at))),
      { repeat: 'reads' },
    )
  }

  async read(key: KeyColumns): Promise<ArtifactContent | undefined> {
    const [content] = await this.#database.rows(this.#get, key)
    return content
  }
}
