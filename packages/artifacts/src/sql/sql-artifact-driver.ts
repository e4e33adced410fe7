import type { Identity } from '@harborage/core'
import {
  fillPage,
  isSqlFailure,
  removeAll,
  resolveOutcome,
  runWork,
  sessionColumns,
  type LargeRead,
  type SqlDatabase,
  type WorkTraits,
  type WriteClaim,
} from '@harborage/core/sql'
import type {
  ArtifactContent,
  ArtifactDriver,
  ArtifactKey,
  ArtifactPage,
  NewArtifact,
} from '../artifact-driver.ts'
import type { ArtifactRef, ArtifactScope } from '../artifact.ts'
import { ListStatements, type FilterColumn, type PageParameters } from './list-statements.ts'
import { putWork } from './put-work.ts'
import {
  artifactRow,
  digestColumns,
  keyColumns,
  refOf,
  scopeColumns,
  type KeyColumns,
  type PagedRefColumns,
  type RefColumns,
} from './rows.ts'
import { compileArtifactStatements, type ArtifactStatements } from './statements.ts'
import { artifactsBlobs } from './tables.ts'

/** Stores artifacts in the table `artifacts_blobs` of an SQL database. */
export class SqlArtifactDriver implements ArtifactDriver {
  readonly #database: SqlDatabase
  readonly #statements: ArtifactStatements
  readonly #read: LargeRead<KeyColumns>
  readonly #lists: ListStatements

  constructor(database: SqlDatabase) {
    this.#database = database
    this.#statements = compileArtifactStatements(database)
    this.#read = database.dialect.compileLargeRead(database, {
      name: 'artifacts_get',
      table: artifactsBlobs.name,
      keyOf: (at: KeyColumns) => ({ ...artifactsBlobs.keyOf(at) }),
    })
    this.#lists = new ListStatements(database)
  }

  async put(artifact: NewArtifact): Promise<ArtifactRef> {
    const written = await this.#insert(artifact)
    if (written === 'written') return { ...artifact.ref, id: artifact.shortId }
    // Usually because equal content is stored, which one statement finds.
    const at = digestColumns(artifact)
    const found = this.#database.rows(this.#statements.findByDigest, at)
    const [stored] = await resolveOutcome(found)
    if (stored !== undefined) return refOf(stored)
    return runWork(
      this.#database,
      { ...PUT, claim: claimOf(artifact) },
      () => putWork(this.#statements, artifact),
      { mayBeApplied: written === 'repeated' },
    )
  }

  async get(key: ArtifactKey): Promise<ArtifactContent | undefined> {
    return this.#read(keyColumns(key))
  }

  async getRef(key: ArtifactKey): Promise<ArtifactRef | undefined> {
    const [row] = await this.#database.rows(this.#statements.getRef, keyColumns(key))
    return row === undefined ? undefined : refOf(row)
  }

  async getRefs(
    scope: Required<ArtifactScope>,
    ids: readonly string[],
  ): Promise<readonly (ArtifactRef | undefined)[]> {
    const keys = [...new Set(ids)].map((id) => keyColumns({ scope, id }))
    const statement = this.#statements.getRefs(keys.length)
    const rows = await this.#database.rows(statement, { ...scopeColumns(scope), keys })
    const byId = new Map(rows.map((row) => [row.id, row]))
    return ids.map((id) => {
      const row = byId.get(id)
      return row === undefined ? undefined : refOf(row)
    })
  }

  async delete(key: ArtifactKey): Promise<boolean> {
    return (await this.#database.changes(this.#statements.delete, keyColumns(key))) > 0
  }

  async deleteScope(identity: Identity): Promise<number> {
    return removeAll(this.#database, this.#statements.scope, sessionColumns(identity))
  }

  async listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    const filter = new Map<FilterColumn, string | undefined>([
      ['tenant_id', page.tenantId],
      ['user_id', page.userId],
      ['session_id', page.sessionId],
      ['task_id', page.taskId],
      ['namespace', page.namespace],
    ])
    for (const [column, value] of filter) if (value === undefined) filter.delete(column)
    const statement = this.#lists.for(new Set(filter.keys()))
    const at = (last: PagedRefColumns | undefined, limit: number, inlineBytes: number) =>
      pageParameters(page, last, limit, inlineBytes)
    const rows = await fillPage(page, {
      read: (...place) => this.#database.rows(statement.page, at(...place)),
      readSizes: async (...place) =>
        (await this.#database.rows(statement.sizes, at(...place, 0))).map(({ size }) => size),
      isWhole: (row: PagedRefColumns): row is PagedRefColumns & RefColumns =>
        row.source_json !== null,
      bytesOf: ({ source_json: source }) => Buffer.byteLength(source),
    })
    return rows.map(refOf)
  }

  /** Does nothing, since the database belongs to the store or to the caller. */
  async close(): Promise<void> {}

  /** Inserts the artifact under its short id. */
  async #insert(artifact: NewArtifact): Promise<'written' | 'refused' | 'repeated'> {
    const row = artifactRow(artifact, artifact.shortId)
    try {
      return (await this.#database.changes(this.#statements.put, row)) > 0 ? 'written' : 'refused'
    } catch (error) {
      // The stored content decides, no matter which call put it.
      if (isSqlFailure(error, 'repeated')) return 'repeated'
      throw error
    }
  }
}

/** A put that is repeated is recognized by the digest of its content. */
const PUT: WorkTraits = { name: 'artifacts_put', repeat: 'recognized', subject: 'the artifact' }

/** Returns what a put writes: its content under either id. */
function claimOf({ ref, shortId, fullId, bytes }: NewArtifact): WriteClaim {
  const { scope } = ref
  const keys = [shortId, fullId].map((id) => artifactsBlobs.keyText(keyColumns({ scope, id })))
  return { keys, bytes: bytes.length }
}

/**
 * Returns the parameters of a page after the last row read, or after the last ref of the previous
 * page.
 */
function pageParameters(
  page: ArtifactPage,
  last: PagedRefColumns | undefined,
  limit: number,
  inlineBytes: number,
): PageParameters {
  const { after } = page
  return {
    tenant_id: page.tenantId ?? '',
    user_id: page.userId ?? '',
    session_id: page.sessionId ?? '',
    task_id: page.taskId ?? '',
    namespace: page.namespace ?? '',
    id: '',
    after_tenant_id: last?.tenant_id ?? after?.scope.tenantId ?? '',
    after_user_id: last?.user_id ?? after?.scope.userId ?? '',
    after_session_id: last?.session_id ?? after?.scope.sessionId ?? '',
    after_task_id: last?.task_id ?? after?.scope.taskId ?? '',
    after_namespace: last?.namespace ?? after?.namespace ?? '',
    after_id: last?.id ?? after?.id ?? '',
    limit,
    inline_bytes: inlineBytes,
  }
}
