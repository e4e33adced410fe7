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
}
