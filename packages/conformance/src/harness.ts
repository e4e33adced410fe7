/** What a suite has to know of the driver under test. */
export interface HarnessSettings {
  /** Whether a store that is opened after another one was closed finds what that one stored. */
  readonly durable: boolean
  /**
   * Whether several stores may be open on one backend at the same time, as in several processes. If not, the cases
   * have to run one after the other. Default: as `durable`.
   */
  readonly shared?: boolean
  /** How many generated histories are run, and which. Default: 100 (memory: 50), at random. */
  readonly histories?: Histories
  /**
   * How many milliseconds a call takes on the driver, roughly. With a slow driver each case makes
   * fewer calls: it has fewer callers, fewer histories, and shrinks a failing history less.
   * No case measures time. Default: 1.
   */
  readonly callMs?: number
}

/** How a suite gets at the driver under test. */
export interface Harness<Store, Options = never> extends HarnessSettings {
  /** Opens a store on the driver. The suite closes every store that it opened. */
  readonly open: (options?: Options) => Promise<Store>
}

/** How many generated histories are run, and which. */
export interface Histories {
  /** The number of each kind of histories; those that open the store again are at most 25. */
  readonly runs: number
  /** An integer; the same seed generates the same histories. Default: a random one, which a failure prints. */
  readonly seed?: number
}
