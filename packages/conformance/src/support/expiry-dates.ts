/** A date that every clock has passed. */
export const PAST: Date = new Date(1_000)

/** A date that no clock reaches. */
export const FUTURE: Date = new Date(8.64e15 - 1)

/** Dates at which nothing can expire, and what is no date. */
export const malformedExpiries: readonly unknown[] = [
  new Date(0),
  new Date(-1),
  new Date(Number.NaN),
  1,
  'soon',
  null,
]
