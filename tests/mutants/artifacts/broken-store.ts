import { CALL_MS_OF_VARIANT } from '@harborage/test-kit/measure'
import {
  ArtifactStore,
  InMemoryArtifactDriver,
  type ArtifactDriver,
  type ArtifactStoreOptions,
} from '@harborage/artifacts'
import type { ArtifactHarness } from '@harborage/conformance/artifacts'

export type GuaranteeId = `A${number}` | `S${number}`

/** A store with a deliberate fault, which the suite has to find. */
export interface BrokenStore {
  /** The guarantee that it breaks. */
  readonly guarantee: GuaranteeId
  /** Completes the sentence "a store that …". */
  readonly fault: string
  /** Opens a store on artifacts that outlive it; called for each store of a case. */
  readonly open: (artifacts: InMemoryArtifactDriver, options: ArtifactStoreOptions) => ArtifactStore
}

/** Returns a store that is broken by its driver. */
export function brokenDriver(
  guarantee: GuaranteeId,
  fault: string,
  Driver: new (artifacts: InMemoryArtifactDriver) => ArtifactDriver,
): BrokenStore {
  return {
    guarantee,
    fault,
    open: (artifacts, options) => new ArtifactStore(new Driver(artifacts), options),
  }
}

/** Returns a store that is broken in its public class. */
export function brokenStore(
  guarantee: GuaranteeId,
  fault: string,
  Store: new (driver: ArtifactDriver, options?: ArtifactStoreOptions) => ArtifactStore,
): BrokenStore {
  return { guarantee, fault, open: (artifacts, options) => new Store(artifacts, options) }
}

/** Keeps its artifacts when a store is closed, so it counts as durable. */
export class LastingDriver extends InMemoryArtifactDriver {
  override async close(): Promise<void> {}
}

/** Returns the harness of a broken store: durable and shared, so that no case is left out. */
export function harnessOf({ open }: Pick<BrokenStore, 'open'>): ArtifactHarness {
  const artifacts = new LastingDriver()
  return {
    open: async (limits = {}) => open(artifacts, limits),
    durable: true,
    callMs: CALL_MS_OF_VARIANT,
    histories: { runs: 50, seed: 20_240_229 },
  }
}
