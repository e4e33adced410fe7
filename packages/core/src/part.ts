declare const answerType: unique symbol

/**
 * A write that a store has checked and captured for a step; see {@link commitTogether}. The
 * `prepare` methods of stores return parts, and so does {@link appRows}. A part holds nothing open
 * and has no members of its own.
 */
export interface Part<Answer> {
  /** Never set: it only carries the type of the answer. */
  readonly [answerType]: Answer
}
