import type { StateStore } from '@harborage/state'
import type { Harness } from '../harness.ts'

/**
 * How the suite gets at the driver under test.
 *
 * No case needs an empty backend: each keeps to tenants and kinds of its own. What the cases saved is left behind.
 */
export interface StateHarness extends Harness<StateStore> {
  readonly open: () => Promise<StateStore>
}
