import type { StateStore } from '@harborage/state'

/**
 * How the suite gets at the driver under test.
 *
 * No case needs an empty backend: each keeps to tenants and kinds of its own. What the cases saved is left behind.
 */
export interface StateHarness {
  /** Opens a store on the driver. The suite closes every store that it opened. */
  readonly open: () => Promise<StateStore>
  /** Whether a store that is opened after another one was closed finds what that one saved. */
  readonly durable: boolean
  /**
   * Whether several stores may be open on one backend at the same time, as in several processes. If not, the cases
   * have to run one after the other. Default: as `durable`.
   */
  readonly shared?: boolean
  /** How many generated histories are compared with the in-memory driver. Default: 100, each time others. */
  readonly histories?: StateHistories
}

/** How many generated histories S12 runs, and which. */
export interface StateHistories {
  readonly runs: number
  /** An integer; the same seed generates the same histories. Default: a random one, which a failure prints. */
  readonly seed?: number
}
