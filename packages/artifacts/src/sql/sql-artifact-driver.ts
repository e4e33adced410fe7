import type { Identity } from '@harborage/core'
import {
  askWhatBecame,
  fillPage,
  isSqlFailure,
  LostRace,
  sessionColumns,
  untilUndisturbed,
  type LargeRead,
  type SqlDatabase,
} from '@harborage/core/sql'
import type {
  ArtifactContent,
  ArtifactDriver,
  ArtifactKey,
  ArtifactPage,
  NewArtifact,
} from '../artifact-driver.ts'
import type { ArtifactRef } from '../artifact.ts'
import { ListStatements } from './list-statements.ts'
import {
  artifactRow,
  damagedRow,
  refOf,
  scopeColumns,
  type KeyColumns,
  type PagedRefColumns,
  type RefColumns,
} from './rows.ts'
import {
  compileArtifactStatements,
  type ArtifactStatements,
  type FilterColumn,
  type PageParameters,
} from './statements.ts'
import { artifactsBlobs } from './tables.ts'

/** Keeps artifacts in the table `artifacts_blobs` of an SQL database. */
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
    return untilUndisturbed('the artifact', async () => {
      const ref =
        (await this.#insertOrFind(artifact, artifact.shortId)) ??
        (await this.#insertOrFind(artifact, artifact.fullId))
      // The full id is that of this content only.
      if (ref === undefined) throw damagedRow()
      return ref
    })
  }

  async get(key: ArtifactKey): Promise<ArtifactContent | undefined> {
    return this.#read(keyColumns(key))
  }

  async getRef(key: ArtifactKey): Promise<ArtifactRef | undefined> {
    const [row] = await this.#database.rows(this.#statements.getRef, keyColumns(key))
    return row === undefined ? undefined : refOf(row)
  }

  async delete(key: ArtifactKey): Promise<boolean> {
    return (await this.#database.changes(this.#statements.delete, keyColumns(key))) > 0
  }

  async deleteScope(identity: Identity): Promise<number> {
    return this.#database.dialect.removeAll(
      this.#database,
      this.#statements.scope,
      sessionColumns(identity),
    )
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

  /** The database is not this driver's to close. */
  async close(): Promise<void> {}

  /** Gives the ref under which the content is stored now, or `undefined` if other content has the id. */
  async #insertOrFind(artifact: NewArtifact, id: string): Promise<ArtifactRef | undefined> {
    const inserted = await this.#insert(artifact, id)
    if (inserted !== undefined) return inserted
    const stored = await askWhatBecame(this.#findByDigest(artifact))
    if (stored !== undefined) return stored
    const holder = await askWhatBecame(this.getRef({ scope: artifact.ref.scope, id }))
    // What stood against it was deleted meanwhile.
    if (holder === undefined) throw new LostRace()
    return holder.sha256 === artifact.ref.sha256 ? holder : undefined
  }

  async #insert(artifact: NewArtifact, id: string): Promise<ArtifactRef | undefined> {
    try {
      const written = await this.#database.changes(this.#statements.put, artifactRow(artifact, id))
      return written > 0 ? { ...artifact.ref, id } : undefined
    } catch (error) {
      // What is stored tells, be it this call's or another's.
      if (isSqlFailure(error, 'repeated')) return undefined
      throw error
    }
  }

  async #findByDigest({ ref }: NewArtifact): Promise<ArtifactRef | undefined> {
    const { scope, namespace, sha256 } = ref
    const at = { ...scopeColumns(scope), namespace, sha256 }
    const [row] = await this.#database.rows(this.#statements.findByDigest, at)
    return row === undefined ? undefined : refOf(row)
  }
}

/** An id is its namespace, an underscore, and hex digits: so the namespace ends before the last underscore. */
function keyColumns({ scope, id }: ArtifactKey): KeyColumns {
  return { ...scopeColumns(scope), namespace: id.slice(0, Math.max(id.lastIndexOf('_'), 0)), id }
}

/** The place of a page is after the row that was read last, or else after the last ref of the page before. */
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
