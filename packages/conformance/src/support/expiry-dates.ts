/** A date that every clock has passed. */
export const PAST: Date = new Date(1_000)

/** A date that no clock reaches. */
export const FUTURE: Date = new Date(8.64e15 - 1)
