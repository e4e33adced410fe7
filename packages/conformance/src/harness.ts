/** The properties of the driver under test that a suite has to know. */
export interface HarnessSettings {
  /** Whether data outlives its store: a store opened later finds what a closed one stored. */
  readonly durable: boolean
  /**
   * Whether several stores may be open on one backend at the same time, as in several processes.
   * If not, the cases have to run one after the other. Default: the value of `durable`.
   */
  readonly shared?: boolean
  /** The number of generated histories and their seed. Default: 100 (memory: 50), a random seed. */
  readonly histories?: Histories
  /**
   * The rough duration of a call on the driver, in milliseconds. On a slow driver each case makes
   * fewer calls: it has fewer callers and fewer histories, and shrinks a failing history less.
   * No case measures time. Default: 1.
   */
  readonly callMs?: number
}

/** The driver under test: how to open a store on it, and its properties. */
export interface Harness<Store, Options = never> extends HarnessSettings {
  /** Opens a store on the driver. The suite closes every store that it opens. */
  readonly open: (options?: Options) => Promise<Store>
}

/** The choice of generated histories. */
export interface Histories {
  /** The number of histories of each kind; at most 25 of those that reopen the store. */
  readonly runs: number
  /**
   * An integer. The same seed generates the same histories. Default: a random one, which a failure
   * prints.
   */
  readonly seed?: number
}
