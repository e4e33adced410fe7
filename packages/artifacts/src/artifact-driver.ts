import type { Identity } from '@harborage/core'
import type { ArtifactRef, ArtifactScope } from './artifact.ts'

/** An artifact that was checked and hashed, on its way into the store. */
export interface NewArtifact {
  /** Everything of the ref but the id, which the driver gives. */
  readonly ref: Omit<ArtifactRef, 'id'>
  /** The id, unless other content of the scope has it. */
  readonly shortId: string
  /** The id otherwise. */
  readonly fullId: string
  /** The source of the ref as JSON, for those that keep it as a text. */
  readonly sourceText: string
  readonly bytes: Uint8Array
}

/** Names one artifact; scope and id were checked. */
export interface ArtifactKey {
  readonly scope: Required<ArtifactScope>
  readonly id: string
}

/** Bytes and the digest that they had when they were stored. */
export interface ArtifactContent {
  readonly bytes: Uint8Array
  readonly sha256: string
}

/** Which page of refs is wanted: those that equal every part that is not `undefined`. */
export interface ArtifactPage {
  readonly tenantId: string | undefined
  readonly userId: string | undefined
  readonly sessionId: string | undefined
  readonly taskId: string | undefined
  readonly namespace: string | undefined
  /** The last ref of the page before, just as `listPage` gave it, or `undefined` for the first page. */
  readonly after: ArtifactRef | undefined
  /** The most refs of the page. */
  readonly limit: number
  /** The page stops with the ref with which the sources of its refs come to so many bytes of JSON, or later. */
  readonly maxBytes: number
}

/**
 * What the artifact store needs of a backend. Everything that is handed in was checked and belongs to the driver; what a
 * driver returns belongs to the caller. Failures are thrown as errors of `@harborage/core`.
 *
 * Prove a driver with `artifactsConformance` of `@harborage/conformance/artifacts`.
 */
export interface ArtifactDriver {
  /**
   * Stores the artifact durably, or finds it: if the scope and namespace hold content with this digest, its ref is the
   * answer and nothing changes. Otherwise it gets its short id, or the full one if other content has the short one.
   */
  put(artifact: NewArtifact): Promise<ArtifactRef>
  /** Resolves to the bytes and the stored digest, or `undefined` if there is no such artifact. */
  get(key: ArtifactKey): Promise<ArtifactContent | undefined>
  /** Resolves to the ref, or `undefined` if there is no such artifact. Never reads the bytes. */
  getRef(key: ArtifactKey): Promise<ArtifactRef | undefined>
  /** Removes an artifact and tells whether it was there. */
  delete(key: ArtifactKey): Promise<boolean>
  /**
   * Removes every artifact of the session, of all tasks, in one step, and counts them. Of
   * puts that follow each other, it never removes a later one and leaves an earlier one.
   */
  deleteScope(identity: Identity): Promise<number>
  /**
   * Refs ordered by tenant, user, session, task, namespace and id, by bytes. Never reads the artifacts' bytes. A page of
   * fewer than `limit` refs whose sources come to less than `maxBytes` is the last one.
   */
  listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]>
  /** Called once, when no call is in flight. */
  close(): Promise<void>
}
