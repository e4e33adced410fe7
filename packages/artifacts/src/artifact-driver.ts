import type { ListOrder, RunIdentity, Subtree } from '@harborage/core'
import type { DirectoryPage, StepSide } from '@harborage/core/kit'
import type { ArtifactRef, ArtifactScope, RefPlace } from './artifact.ts'

/** A checked and hashed artifact, to be stored. */
export interface NewArtifact {
  /** The ref without the id, which the driver chooses. */
  readonly ref: Omit<ArtifactRef, 'id'>
  /** The id to use, unless other content of the scope has it. */
  readonly shortId: string
  /** The id to use otherwise. */
  readonly fullId: string
  /** The source of the ref as JSON, for drivers that store it as text. */
  readonly sourceText: string
  readonly bytes: Uint8Array
  /**
   * The checksum of the bytes, to be returned with them: 16 hex digits. Default: none, since the
   * process cannot compute one.
   */
  readonly checksum?: string | undefined
  /**
   * What the put does if equal content is stored. `'renew'` gives it the expiry of this artifact,
   * and replaces it if it has expired. `'keep'` changes nothing. Default: `'renew'`.
   */
  readonly onEqual?: 'renew' | 'keep' | undefined
}

/**
 * Which artifacts a read finds: `'unexpired'` those that have not expired, `'all'` also those that
 * have.
 */
export type Visibility = 'unexpired' | 'all'

/** An artifact as a `prune` found it. One that was put since differs in its date or its expiry. */
export type FoundArtifact = ArtifactKey & Pick<ArtifactRef, 'createdAt' | 'expiresAt'>

/**
 * The name of an artifact: a checked scope and id. Parts that the scope lacks are `''`: of a
 * session the `taskId`, of a user also the `sessionId`, of a tenant also the `userId`.
 */
export interface ArtifactKey {
  readonly scope: Required<ArtifactScope>
  readonly id: string
}

/** The stored content of an artifact. */
export interface ArtifactContent {
  readonly bytes: Uint8Array
  /** The SHA-256 that the bytes had when they were stored, in hex. */
  readonly sha256: string
  /** The size that the bytes had when they were stored. Default: the driver has compared it. */
  readonly sizeBytes?: number | undefined
  /** The checksum of {@link NewArtifact}. Default: none, and the store compares the digest. */
  readonly checksum?: string | undefined
}

/**
 * The parameters of {@link ArtifactDriver.listPage}. A part that is `undefined` matches anything.
 * The bounds are within the filter: they have every part that it names.
 */
export interface ArtifactPage {
  readonly tenantId: string | undefined
  readonly userId: string | undefined
  readonly sessionId: string | undefined
  readonly taskId: string | undefined
  readonly namespace: string | undefined
  /** The order of the page: that of `compareRefs`, or its reverse. */
  readonly order: ListOrder
  /** The first place in the order of `compareRefs` that belongs to the list. */
  readonly from: RefPlace | undefined
  /** The first place in the order of `compareRefs` that is beyond the list. */
  readonly to: RefPlace | undefined
  /**
   * The last ref of the previous page, the very object that `listPage` returned, or the place after
   * which a dump goes on. `undefined` for the first page.
   */
  readonly after: RefPlace | undefined
  /** The largest number of refs in the page. */
  readonly limit: number
  /**
   * The page may end once the sources of its refs add up to this number of bytes of JSON or more.
   */
  readonly maxBytes: number
  /** Default: `'unexpired'`. */
  readonly visibility?: Visibility | undefined
}

/** The parameters of {@link ArtifactDriver.deleteBatch}. */
export interface DeleteBatch {
  readonly subtree: Subtree<'user' | 'tenant'>
  /** The `last` of the previous batch, or `undefined` for the first batch. */
  readonly after: string | undefined
  /**
   * The number of artifacts at which the batch ends. A driver may delete more if no other call has
   * to wait for that, such as the rest of a folder.
   */
  readonly limit: number
}

/** The answer of {@link ArtifactDriver.deleteBatch}. */
export interface DeletedBatch {
  /** The number of deleted artifacts. */
  readonly deleted: number
  /**
   * Where the batch ended, in an order of the driver's own and as a text of its own; `undefined` if
   * it was the last one. Artifacts before this place are not visited again.
   */
  readonly last: string | undefined
}

/**
 * The storage backend of an `ArtifactStore`. The store checks all arguments first, and a driver may
 * keep them. What a driver returns belongs to the caller, so it has to be a copy. Throw failures as
 * `HarborageError` of `@harborage/core`.
 *
 * Test a driver with `artifactsConformance` of `@harborage/conformance/artifacts`.
 */
export interface ArtifactDriver {
  /**
   * Stores an artifact durably under its short id, or under its full id if other content has the
   * short one, even if that has expired. If the scope and namespace already have content with this
   * digest, changes nothing but its expiry. If that has expired, the put is as one of new content.
   * An artifact of a dump has its own id as both.
   *
   * @returns The ref of the stored artifact.
   */
  put(artifact: NewArtifact): Promise<ArtifactRef>
  /**
   * Returns the content, or `undefined` if there is no such artifact. The store compares it with
   * its size, and with its checksum, its digest or both.
   *
   * @param visibility Default: `'unexpired'`.
   */
  get(key: ArtifactKey, visibility?: Visibility): Promise<ArtifactContent | undefined>
  /**
   * Returns the ref, or `undefined` if there is no such artifact or it has expired. Does not read
   * the bytes.
   */
  getRef(key: ArtifactKey): Promise<ArtifactRef | undefined>
  /**
   * Returns the refs of artifacts of one scope, aligned with the ids: `undefined` for each one that
   * does not exist. Does not read the bytes. An id may occur twice, and each place then gets a copy
   * of its own.
   *
   * @param ids At least one, at most `MAX_IDS`.
   * @param visibility Default: `'unexpired'`.
   */
  getRefs(
    scope: Required<ArtifactScope>,
    ids: readonly string[],
    visibility?: Visibility,
  ): Promise<readonly (ArtifactRef | undefined)[]>
  /**
   * Deletes an artifact, and returns whether it existed. This and every other deletion finds what
   * has expired.
   */
  delete(key: ArtifactKey): Promise<boolean>
  /**
   * Deletes every artifact of the session, of all tasks, in one step. It never deletes an artifact
   * and leaves one that was put earlier.
   *
   * @returns The number of deleted artifacts.
   */
  deleteAll(subtree: Subtree<'session'>): Promise<number>
  /**
   * Deletes the next artifacts of a user or a tenant, of all scopes within it. Each session's, or
   * each batch's, in one step. With the last batch, nothing is left that names what was deleted.
   */
  deleteBatch(batch: DeleteBatch): Promise<DeletedBatch>
  /**
   * Deletes those artifacts that have the date and the expiry with which they were found, and
   * returns their number.
   */
  prune(artifacts: readonly FoundArtifact[]): Promise<number>
  /** Returns the number of artifacts of the subtree, also of those that have expired. */
  countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number>
  /**
   * Returns the next refs that match, in the order of the page. Does not read the bytes of
   * artifacts. A page is taken to be the last one if it has fewer than `limit` refs and fewer than
   * `maxBytes` bytes of sources.
   */
  listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]>
  /**
   * Returns the next distinct tenants, users or sessions that have an artifact or contain a scope
   * that has one, ordered by tenant, user and session, each by its UTF-8 bytes. Parts that the
   * level does not have are `''`. Artifacts that have expired count. Leaves out what belongs to a
   * wider scope than the level, such as the artifacts of a user if sessions are wanted. The level
   * is never `run`.
   */
  directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]>
  /**
   * The side that takes part in steps. A part is a put, and its result is the ref. Default: none,
   * and `commitTogether` refuses parts of this driver.
   */
  readonly steps?: StepSide<NewArtifact, ArtifactRef> | undefined
  /** Returns the time by the clock by which artifacts expire. */
  now(): Promise<Date>
  /** Releases all resources. The store calls it once, when no call is in flight. */
  close(): Promise<void>
}
