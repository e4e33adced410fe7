import type { CallOptions } from '@harborage/core'
import type {
  ArtifactFilter,
  ArtifactListOptions,
  ArtifactRef,
  ArtifactScope,
  GetOptions,
  PutOptions,
} from './artifact.ts'

/**
 * The methods of `ArtifactStore` that `ScopedArtifacts` calls, so that it works on any object with
 * them.
 */
export interface ArtifactCalls {
  /** Stores bytes in the scope. */
  putBytes(scope: ArtifactScope, data: Uint8Array, options?: PutOptions): Promise<ArtifactRef>
  /** Stores a text in the scope, as UTF-8. */
  putText(scope: ArtifactScope, text: string, options?: PutOptions): Promise<ArtifactRef>
  /** Resolves to the bytes of the artifact with the id, or `undefined`. */
  get(scope: ArtifactScope, id: string, options?: GetOptions): Promise<Uint8Array | undefined>
  /** Resolves to the text of the artifact with the id, or `undefined`. */
  getText(scope: ArtifactScope, id: string, options?: GetOptions): Promise<string | undefined>
  /** Resolves to the ref of the artifact with the id, or `undefined`. */
  getRef(scope: ArtifactScope, id: string, options?: CallOptions): Promise<ArtifactRef | undefined>
  /** Resolves to the refs of the artifacts with the ids, each one or `undefined`. */
  getRefs(
    scope: ArtifactScope,
    ids: readonly string[],
    options?: CallOptions,
  ): Promise<(ArtifactRef | undefined)[]>
  /** Resolves to whether the scope has an artifact with the id. */
  exists(scope: ArtifactScope, id: string, options?: CallOptions): Promise<boolean>
  /** Deletes the artifact with the id, and resolves to whether it existed. */
  delete(scope: ArtifactScope, id: string, options?: CallOptions): Promise<boolean>
  /** Returns an async iterable over the refs that match the filter. */
  list(filter: ArtifactFilter, options?: ArtifactListOptions): AsyncIterable<ArtifactRef>
}
