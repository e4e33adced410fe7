/**
 * Says whether an engine may run a statement or a transaction again by itself after an attempt that
 * may have been applied, as its answer was lost. An attempt that certainly was not applied is
 * always repeated. The file `repeats.md` lists each one with its reason.
 *
 * - `reads`: it changes nothing.
 * - `recognized`: where the first attempt was applied, what is stored shows it, and the repetition
 *   changes nothing.
 * - `never`: the repetition could undo what others wrote in between. The call fails with
 *   `outcome_unknown`.
 */
export type Repeat = 'reads' | 'recognized' | 'never'

/** What a transaction takes up while it waits and until it ends. */
export interface WriteClaim {
  /** What it may write to or lock, as `keysOf` of a statement names it. */
  readonly keys: readonly string[]
  /** About how many bytes it carries. */
  readonly bytes: number
}

/** Names a transaction of a store and declares how it may be repeated. */
export interface TransactionTraits {
  readonly name: string
  readonly repeat: Repeat
  /** Default: nothing. */
  readonly claim?: WriteClaim
}
