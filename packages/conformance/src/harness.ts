/** How a suite gets at the driver under test. */
export interface Harness<Store, Options = never> {
  /** Opens a store on the driver. The suite closes every store that it opened. */
  readonly open: (options?: Options) => Promise<Store>
  /** Whether a store that is opened after another one was closed finds what that one stored. */
  readonly durable: boolean
  /**
   * Whether several stores may be open on one backend at the same time, as in several processes. If not, the cases
   * have to run one after the other. Default: as `durable`.
   */
  readonly shared?: boolean
  /** How many generated histories are compared with the in-memory driver. Default: 100, each time others. */
  readonly histories?: Histories
}

/** How many generated histories S12 runs, and which. */
export interface Histories {
  readonly runs: number
  /** An integer; the same seed generates the same histories. Default: a random one, which a failure prints. */
  readonly seed?: number
}
