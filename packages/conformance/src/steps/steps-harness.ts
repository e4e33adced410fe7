import type { ArtifactStore } from '@harborage/artifacts'
import type { EventBus } from '@harborage/core'
import type { MemoryStore } from '@harborage/memory'
import type { StateStore } from '@harborage/state'
import type { HarnessSettings } from '../harness.ts'

/** Stores on one database. */
export interface StepStores {
  readonly state: StateStore
  readonly artifacts: ArtifactStore
  readonly memory: MemoryStore
  /** Closes the stores. */
  close(): Promise<void>
}

/**
 * The database under test: how to open the three stores on it, and its properties.
 *
 * No case needs an empty database: each uses its own tenants. The suite does not delete what its
 * cases stored.
 */
export interface StepsHarness extends HarnessSettings {
  /**
   * Opens the stores on the database under test. The memory store has the strategy `truncation`
   * without a budget, and publishes on the bus. The suite closes all stores that it opens.
   */
  readonly open: (bus: EventBus) => Promise<StepStores>
  /**
   * Opens a state store on another database. Default: the cases of several databases are left out.
   */
  readonly openElsewhere?: () => Promise<StateStore>
}
