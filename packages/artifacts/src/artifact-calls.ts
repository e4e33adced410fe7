import type { CallOptions, PageOptions } from '@harborage/core'
import type { ArtifactFilter, ArtifactRef, ArtifactScope, PutOptions } from './artifact.ts'

/** What a view of one scope asks of its store: the calls of `ArtifactStore` that name a scope. */
export interface ArtifactCalls {
  putBytes(scope: ArtifactScope, data: Uint8Array, options?: PutOptions): Promise<ArtifactRef>
  putText(scope: ArtifactScope, text: string, options?: PutOptions): Promise<ArtifactRef>
  get(scope: ArtifactScope, id: string, options?: CallOptions): Promise<Uint8Array | undefined>
  getText(scope: ArtifactScope, id: string, options?: CallOptions): Promise<string | undefined>
  getRef(scope: ArtifactScope, id: string, options?: CallOptions): Promise<ArtifactRef | undefined>
  exists(scope: ArtifactScope, id: string, options?: CallOptions): Promise<boolean>
  delete(scope: ArtifactScope, id: string, options?: CallOptions): Promise<boolean>
  list(filter: ArtifactFilter, options?: PageOptions): AsyncIterable<ArtifactRef>
}
