/** What a process tells of its threads, outside of the database and at once, a line for each. */
export type Told =
  /** A thread begins or has ended. */
  | { readonly thread: string; readonly what: 'begun' | 'ended' }
  /** A checkpoint was acknowledged. */
  | {
      readonly thread: string
      readonly what: 'put'
      readonly namespace: string
      readonly id: string
      readonly parent: string | undefined
      /** A digest of the values of its channels. */
      readonly values: string
    }
  /** The regular writes of a task were acknowledged. */
  | {
      readonly thread: string
      readonly what: 'writes'
      readonly namespace: string
      readonly id: string
      readonly task: string
      /** A digest of them. */
      readonly values: string
    }
  /** A task has done something that is not to be done again. */
  | { readonly thread: string; readonly what: 'effect'; readonly task: string }

/** What was found wrong with threads. */
export interface Found {
  readonly lost: number
  readonly duplicated: number
  readonly torn: number
  readonly violations: readonly string[]
}

/** A line of a process. */
export type Line =
  | Told
  | { readonly what: 'opening' }
  | { readonly what: 'found'; readonly found: Found }
