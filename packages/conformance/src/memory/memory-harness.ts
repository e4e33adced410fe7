import type { MemoryRules, MemoryStore } from '@harborage/memory'
import type { Histories } from '../harness.ts'

/**
 * How the suite gets at the driver under test.
 *
 * No case needs an empty backend: each keeps to tenants of its own. What the cases stored is left behind.
 */
export interface MemoryHarness {
  /** Opens a store on the driver, with rules that each case chooses. The suite closes every store that it opened. */
  readonly open: (rules: MemoryRules) => Promise<MemoryStore>
  /** Whether a store that is opened after another one was closed finds what that one stored. */
  readonly durable: boolean
  /**
   * Whether several stores may be open on one backend at the same time, as in several processes. If not, the cases
   * have to run one after the other. Default: as `durable`.
   */
  readonly shared?: boolean
  /** How many generated histories are compared with a simple model. Default: 50, each time others. */
  readonly histories?: Histories
}
