import type { ArtifactRef } from './artifact.ts'

/** An artifact as `ArtifactStore.dump` returns it. */
export interface DumpedArtifact {
  readonly ref: ArtifactRef
  readonly bytes: Uint8Array
}
