import type { ArtifactStore } from '@harborage/artifacts'
import type { Harness } from '../harness.ts'

/**
 * How the suite gets at the driver under test.
 *
 * No case needs an empty backend: each keeps to tenants of its own. What the cases put is left behind.
 */
export interface ArtifactHarness extends Harness<ArtifactStore, ArtifactLimits> {
  /** Hands the limits on to the store: `(limits) => openArtifactStore({ dsn, ...limits })`. */
  readonly open: (limits?: ArtifactLimits) => Promise<ArtifactStore>
}

/** What some cases need other than by default. */
export interface ArtifactLimits {
  /** The most bytes of an artifact. Default: that of the store. */
  readonly maxBytes?: number
}
