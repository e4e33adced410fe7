/** Two texts whose SHA-256 digests share their first 12 digits. Found in under a minute. */
export const collidingPair = [
  '{"approve":false,"amount":10,"s":3,"n":15411236}',
  '{"approve":true,"amount":1000000,"s":3,"n":18236979}',
] as const

/** The first 12 digits of both digests. */
export const SHARED_DIGITS = 'de540045477b'
