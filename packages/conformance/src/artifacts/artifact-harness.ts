import type { ArtifactRef, ArtifactStore } from '@harborage/artifacts'
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
  /**
   * Flips one bit of what is stored, without the store, so that reads have to find it. Name the
   * parts that the driver keeps. Default: none, and the cases about damage are left out.
   */
  readonly damage?: Readonly<Partial<Record<DamagedPart, FlipBit>>>
}

/** A stored part of an artifact that a read of its bytes uses. */
export type DamagedPart = 'bytes' | 'size' | 'checksum' | 'digest'

/**
 * Flips a bit of one part of an artifact.
 *
 * @param bit The number of the bit: of all bytes, of the lowest byte of a size, or of the first
 * byte of the text of a checksum or digest. Of these two at most 6, so that the text stays one.
 */
export type FlipBit = (ref: ArtifactRef, bit: number) => Promise<void>

/** Limits that some cases need to be other than the defaults. */
export interface ArtifactLimits {
  /** The most bytes of an artifact. Default: that of the store. */
  readonly maxBytes?: number
}
