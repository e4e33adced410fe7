import type { ArtifactStore } from '@harborage/artifacts'
import type { Harness } from '../harness.ts'

/**
 * The driver under test: how to open a store on it, and its properties.
 *
 * No case needs an empty backend: each uses its own tenants. The suite does not delete what its
 * cases put.
 */
export interface ArtifactHarness extends Harness<ArtifactStore, ArtifactLimits> {
  /** Opens a store with these limits: `(limits) => openArtifactStore({ dsn, ...limits })`. */
  readonly open: (limits?: ArtifactLimits) => Promise<ArtifactStore>
}

/** Limits that some cases need to be other than the defaults. */
export interface ArtifactLimits {
  /** The most bytes of an artifact. Default: that of the store. */
  readonly maxBytes?: number
}
