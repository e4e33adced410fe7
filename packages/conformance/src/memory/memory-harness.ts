import type { MemoryRules, MemoryStore } from '@harborage/memory'
import type { HarnessSettings } from '../harness.ts'

/**
 * How the suite gets at the driver under test.
 *
 * No case needs an empty backend: each keeps to tenants of its own. What the cases stored is left behind.
 */
export interface MemoryHarness extends HarnessSettings {
  /** Opens a store on the driver, with rules that each case chooses. The suite closes every store that it opened. */
  readonly open: (rules: MemoryRules) => Promise<MemoryStore>
}
