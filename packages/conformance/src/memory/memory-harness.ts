import type { MemoryRules, MemoryStore } from '@harborage/memory'
import type { HarnessSettings } from '../harness.ts'

/**
 * The driver under test: how to open a store on it, and its properties.
 *
 * No case needs an empty backend: each uses its own tenants. The suite does not delete what its
 * cases stored.
 */
export interface MemoryHarness extends HarnessSettings {
  /**
   * Opens a store on the driver with the rules that a case needs. The suite closes every store that
   * it opens.
   */
  readonly open: (rules: MemoryRules) => Promise<MemoryStore>
}
