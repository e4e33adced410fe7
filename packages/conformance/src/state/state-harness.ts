import type { StateStore } from '@harborage/state'
import type { Harness } from '../harness.ts'

/**
 * The driver under test: how to open a store on it, and its properties.
 *
 * No case needs an empty backend: each uses its own tenants and kinds. The suite does not delete
 * what its cases saved.
 */
export interface StateHarness extends Harness<StateStore> {
  readonly open: () => Promise<StateStore>
  /**
   * Opens a store with `kindIndex: false`, on a backend that was never opened before. Default:
   * none. A driver that does not know the option needs none.
   */
  readonly openWithoutKindIndex?: () => Promise<StateStore>
}
