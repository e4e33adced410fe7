/**
 * The artifact store: content-addressed tool outputs, scoped by identity.
 *
 * @module
 */
import './artifact-errors.ts'

export type { ArtifactCalls } from './artifact-calls.ts'
export type {
  ArtifactContent,
  ArtifactDriver,
  ArtifactKey,
  ArtifactPage,
  DeleteBatch,
  DeletedBatch,
  FoundArtifact,
  NewArtifact,
  Visibility,
} from './artifact-driver.ts'
export { ArtifactStore, type ArtifactStoreOptions } from './artifact-store.ts'
export {
  DEFAULT_MAX_BYTES,
  DEFAULT_THRESHOLD_BYTES,
  MAX_IDS,
  MAX_SOURCE_BYTES,
  sourceBytes,
  type ArtifactFilter,
  type ArtifactListOptions,
  type ArtifactName,
  type ArtifactRef,
  type ArtifactScope,
  type GetOptions,
  type Offloaded,
  type OffloadOptions,
  type OffloadValue,
  type PutOptions,
  type RefPlace,
} from './artifact.ts'
export { compareRefs } from './compare-refs.ts'
export type { DumpedArtifact } from './dumped-artifact.ts'
export { InMemoryArtifactDriver, type InMemoryDriverOptions } from './in-memory-driver.ts'
export {
  artifactContext,
  openArtifactStore,
  registerArtifactDriver,
  registeredArtifactDrivers,
  type ArtifactStoreConfig,
} from './open-artifact-store.ts'
export type { ArtifactPreparations, PreparePutOptions } from './prepare-artifacts.ts'
export type { ArtifactPruneOptions } from './prune-options.ts'
export { ScopedArtifacts } from './scoped-artifacts.ts'
