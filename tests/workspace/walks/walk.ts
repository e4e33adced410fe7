/** What one call passes: the functions that it calls, and how often. */
export interface Walk {
  /** Of the packages of this repository. */
  readonly own: Passed
  readonly longest: LongestFunction | undefined
  /** Of the packages of each library. */
  readonly libraries: Readonly<Record<LibraryName, Passed>>
}

export type LibraryName = 'kysely' | 'pg' | 'better-sqlite3'

export interface Passed {
  readonly files: number
  readonly functions: number
  readonly calls: number
}

export interface LongestFunction {
  readonly lines: number
  /** Its file, from the root of the checkout, and its line. */
  readonly place: string
}

/** A function that was called, as V8 tells it. */
export interface CalledFunction {
  readonly url: string
  readonly name: string
  /** The part of the file that is the function. */
  readonly start: number
  readonly end: number
  readonly calls: number
}
