/** The findings of a run of a row. All but `rounds`, `acknowledged` and `unknown` must be 0. */
export interface Figures {
  /** How often the fault was injected, in the unit of the row. */
  readonly rounds: number
  /** Operations whose promise resolved. */
  readonly acknowledged: number
  /** Acknowledged operations that are missing or differ from what was acknowledged. */
  readonly lost: number
  /** Applied more than once. */
  readonly duplicated: number
  /** Visible in part, or with bytes that no caller wrote. */
  readonly torn: number
  /** Reads that showed another identity's data. */
  readonly foreign: number
  /** Calls that ended as `outcome_unknown`, which is true and therefore not a violation. */
  readonly unknown: number
  /** Other faults, one sentence each: a hanging call, an untyped error, a leaked client. */
  readonly violations: readonly string[]
}

/** A program or right that not every machine has. A row that needs one is left to the full run. */
export type Tool = 'strace' | 'pgbouncer' | 'tmpfs'

/** A text in a source file of the product, and its replacement in the broken build. */
export interface SourceEdit {
  /** Relative to the root of the repository. */
  readonly file: string
  /** Must be in the file exactly once. */
  readonly from: string
  readonly to: string
}

/** A build with a deliberate fault, which the row has to notice. */
export interface BrokenBuild {
  /** The deliberate fault, such as "acknowledges before the commit". */
  readonly name: string
  /** How many rounds are enough to notice; a row ends with the first that does. */
  readonly rounds: number
  readonly edits: readonly SourceEdit[]
}

export interface RowRun {
  readonly rounds: number
  /** Passed to every process that runs the product: see `start-process.ts`. */
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
