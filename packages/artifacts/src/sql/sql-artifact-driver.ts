import type { RunIdentity, Subtree } from '@harborage/core'
import type { DirectoryPage, StepSide } from '@harborage/core/kit'
import {
  isSqlFailure,
  readDirectory,
  removeAll,
  resolveOutcome,
  runWork,
  sessionColumns,
  type LargeRead,
  type SqlDatabase,
  type SqlSteps,
  type WorkTraits,
} from '@harborage/core/sql'
import type {
  ArtifactContent,
  ArtifactDriver,
  ArtifactKey,
  ArtifactPage,
  DeleteBatch,
  DeletedBatch,
  FoundArtifact,
  NewArtifact,
  Visibility,
} from '../artifact-driver.ts'
import type { ArtifactRef, ArtifactScope } from '../artifact.ts'
import { artifactsParticipant, claimOf } from './artifacts-participant.ts'
import { readListPage } from './list-page.ts'
import { ListStatements } from './list-statements.ts'
import { pruneWork } from './prune-work.ts'
import { isKept, putWork } from './put-work.ts'
import { deleteBatch } from './removals.ts'
import {
  artifactRow,
  digestColumns,
  keyColumns,
  refOf,
  scopeColumns,
  type KeyColumns,
  type RefColumns,
} from './rows.ts'
import { compileArtifactStatements, type ArtifactStatements } from './statements.ts'
import { artifactsBlobs, NEVER, NO_CHECKSUM } from './tables.ts'

/** Stores artifacts in the table `artifacts_blobs` of an SQL database. */
export class SqlArtifactDriver implements ArtifactDriver {
  readonly #database: SqlDatabase
  readonly #statements: ArtifactStatements
  readonly #read: LargeRead<KeyColumns>
  readonly #lists: ListStatements

  readonly steps: StepSide<NewArtifact, ArtifactRef>

  constructor(database: SqlDatabase, steps: SqlSteps) {
    this.#database = database
    this.#statements = compileArtifactStatements(database)
    this.steps = steps.side(artifactsParticipant(this.#statements))
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
    if (stored !== undefined && isKept(artifact, stored)) return refOf(stored)
    return runWork(
      this.#database,
      { ...PUT, claim: claimOf(artifact) },
      () => putWork(this.#statements, artifact),
      { mayBeApplied: written === 'repeated' },
    )
  }

  async get(
    key: ArtifactKey,
    visibility: Visibility = 'unexpired',
  ): Promise<ArtifactContent | undefined> {
    const [content] = await this.#visible([await this.#read(keyColumns(key))], visibility)
    if (content === undefined) return undefined
    const { bytes, sha256, size_bytes: sizeBytes, checksum } = content
    return {
      bytes,
      sha256,
      sizeBytes,
      checksum: checksum === NO_CHECKSUM ? undefined : checksum,
    }
  }

  async getRef(key: ArtifactKey): Promise<ArtifactRef | undefined> {
    const found = await this.#database.rows(this.#statements.getRef, keyColumns(key))
    const [row] = await this.#visible(found, 'unexpired')
    return row === undefined ? undefined : refOf(row)
  }

  async getRefs(
    scope: Required<ArtifactScope>,
    ids: readonly string[],
    visibility: Visibility = 'unexpired',
  ): Promise<readonly (ArtifactRef | undefined)[]> {
    const keys = [...new Set(ids)].map((id) => keyColumns({ scope, id }))
    const statement = this.#statements.getRefs(keys.length)
    const found = await this.#database.rows(statement, { ...scopeColumns(scope), keys })
    const rows = await this.#visible<RefColumns>(found, visibility)
    const byId = new Map(rows.map((row) => [row.id, row]))
    return ids.map((id) => {
      const row = byId.get(id)
      return row === undefined ? undefined : refOf(row)
    })
  }

  async delete(key: ArtifactKey): Promise<boolean> {
    return (await this.#database.changes(this.#statements.delete, keyColumns(key))) > 0
  }

  async deleteAll(subtree: Subtree<'session'>): Promise<number> {
    return removeAll(this.#database, this.#statements.removals.session, sessionColumns(subtree))
  }

  async deleteBatch(batch: DeleteBatch): Promise<DeletedBatch> {
    return deleteBatch(this.#database, this.#statements.removals, batch)
  }

  async prune(artifacts: readonly FoundArtifact[]): Promise<number> {
    return this.#database.transaction(
      { name: 'artifacts_prune', repeat: 'never' },
      (mayBeApplied) => pruneWork(this.#statements, artifacts, mayBeApplied),
    )
  }

  async countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number> {
    const { count } = this.#statements.removals[subtree.level]
    const [row] = await this.#database.rows(count, sessionColumns(subtree))
    return Number(row?.count ?? 0)
  }

  async listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    return readListPage(this.#database, this.#lists, page)
  }

  async directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    return readDirectory(this.#database, this.#statements.directory, page)
  }

  async now(): Promise<Date> {
    const [row] = await this.#database.rows(this.#statements.now, {})
    if (row === undefined) throw new Error('the database told no time')
    return new Date(row.now)
  }

  /** Does nothing, since the database belongs to the store or to the caller. */
  async close(): Promise<void> {}

  /**
   * Returns those rows that a read finds. It asks for the time only if any of them expires: as a
   * condition of each read, Postgres would set it up for each call.
   */
  async #visible<Row extends Pick<RefColumns, 'expires_at'>>(
    found: readonly (Row | undefined)[],
    visibility: Visibility,
  ): Promise<readonly Row[]> {
    const rows = found.filter((row) => row !== undefined)
    if (visibility === 'all' || rows.every((row) => row.expires_at === NEVER)) return rows
    const now = (await this.now()).getTime()
    return rows.filter((row) => row.expires_at > now)
  }

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
