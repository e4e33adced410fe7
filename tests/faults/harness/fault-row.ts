/** What one run of a row found. All but the first two and the last must be 0. */
export interface Figures {
  /** How often the fault was made to happen, in the row's own unit. */
  readonly rounds: number
  /** Operations whose promise resolved. */
  readonly acknowledged: number
  /** Acknowledged, and not there or not as acknowledged. */
  readonly lost: number
  /** Applied more than once. */
  readonly duplicated: number
  /** Visible in part, or with bytes that nobody wrote. */
  readonly torn: number
  /** Reads that showed another identity's data. */
  readonly foreign: number
  /** Calls that ended as `outcome_unknown`, which tell the truth and are therefore no violation. */
  readonly unknown: number
  /** Whatever else was wrong, one sentence each: a hanging call, an untyped error, a leaked client. */
  readonly violations: readonly string[]
}

/** A program or right that not every machine has. A row that needs one is left to the full run. */
export type Tool = 'strace' | 'pgbouncer' | 'tmpfs'

/** A text of a source file of the product, and what the broken build has in its place. */
export interface SourceEdit {
  /** Relative to the root of the repository. */
  readonly file: string
  /** Must be in the file exactly once. */
  readonly from: string
  readonly to: string
}

/** A build that is broken on purpose, to see that the row notices. */
export interface BrokenBuild {
  /** What is wrong with it, such as "acknowledges before the commit". */
  readonly name: string
  /** How many rounds are enough to notice; a row ends with the first that does. */
  readonly rounds: number
  readonly edits: readonly SourceEdit[]
}

export interface RowRun {
  readonly rounds: number
  /** Handed on to every process that runs the product: see `start-process.ts`. */
  readonly brokenBuild?: BrokenBuild
  /** Called as rounds are done. */
  readonly progress: (done: number) => void
}

/** A row of the table of faults. */
export interface FaultRow {
  readonly name: string
  /** How the fault is made. */
  readonly how: string
  /** What is checked after it. */
  readonly checked: string
  /** What is counted as a round: "kills", "cuts", "operations". */
  readonly unit: string
  /** Rounds of the full run. */
  readonly full: number
  /** Rounds in CI, for a few seconds at most; 0: the row is left to the full run. */
  readonly slice: number
  readonly tools: readonly Tool[]
  readonly brokenBuilds: readonly BrokenBuild[]
  readonly run: (run: RowRun) => Promise<Figures>
}
