/** Two different texts whose SHA-256 digests have the same first 12 digits, found in under a minute. */
export const forgedPair = [
  '{"approve":false,"amount":10,"s":3,"n":15411236}',
  '{"approve":true,"amount":1000000,"s":3,"n":18236979}',
] as const

/** The first 12 digits that both have. */
export const FORGED_DIGITS = 'de540045477b'
