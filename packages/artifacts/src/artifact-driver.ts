import type { Identity, ListOrder } from '@harborage/core'
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
}

/** The name of an artifact: a checked scope and id. */
export interface ArtifactKey {
  readonly scope: Required<ArtifactScope>
  readonly id: string
}

/** The stored content of an artifact. */
export interface ArtifactContent {
  readonly bytes: Uint8Array
  /** The SHA-256 that the bytes had when they were stored, in hex. */
  readonly sha256: string
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
   * The last ref of the previous page, the very object that `listPage` returned; `undefined` for
   * the first page.
   */
  readonly after: ArtifactRef | undefined
  /** The largest number of refs in the page. */
  readonly limit: number
  /**
   * The page may end once the sources of its refs add up to this number of bytes of JSON or more.
   */
  readonly maxBytes: number
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
   * short one. If the scope and namespace already have content with this digest, changes nothing.
   *
   * @returns The ref of the stored artifact.
   */
  put(artifact: NewArtifact): Promise<ArtifactRef>
  /**
   * Returns the content, or `undefined` if there is no such artifact. The store verifies the
   * digest.
   */
  get(key: ArtifactKey): Promise<ArtifactContent | undefined>
  /** Returns the ref, or `undefined` if there is no such artifact. Does not read the bytes. */
  getRef(key: ArtifactKey): Promise<ArtifactRef | undefined>
  /**
   * Returns the refs of artifacts of one scope, aligned with the ids: `undefined` for each one that
   * does not exist. Does not read the bytes. An id may occur twice, and each place then gets a copy
   * of its own.
   *
   * @param ids At least one, at most `MAX_IDS`.
   */
  getRefs(
    scope: Required<ArtifactScope>,
    ids: readonly string[],
  ): Promise<readonly (ArtifactRef | undefined)[]>
  /** Deletes an artifact, and returns whether it existed. */
  delete(key: ArtifactKey): Promise<boolean>
  /**
   * Deletes every artifact of the session, of all tasks, in one step. It never deletes an artifact
   * and leaves one that was put earlier.
   *
   * @returns The number of deleted artifacts.
   */
  deleteScope(identity: Identity): Promise<number>
  /**
   * Returns the next refs that match, in the order of the page. Does not read the bytes of
   * artifacts. A page is taken to be the last one if it has fewer than `limit` refs and fewer than
   * `maxBytes` bytes of sources.
   */
  listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]>
  /** Releases all resources. The store calls it once, when no call is in flight. */
  close(): Promise<void>
}
