/** Values that are valid as no name: not as a kind, an event id or an artifact id. */
export const invalidNames: readonly unknown[] = [
  undefined,
  null,
  '',
  7,
  {},
  ['kind'],
  '\ud800',
  '\udfff',
  'a\0b',
]

export const invalidBytes: readonly unknown[] = [
  undefined,
  null,
  'text',
  [1, 2, 3],
  new ArrayBuffer(3),
  new Uint16Array(3),
  new DataView(new ArrayBuffer(3)),
]

/** Options with an invalid signal, or with an option that does not exist. */
export const invalidCallOptions: readonly unknown[] = [
  { signal: 'soon' },
  { signal: { aborted: true } },
  { timeoutMs: 100 },
  { Signal: undefined },
]

export const invalidPageSizes: readonly unknown[] = [0, -1, 1.5, 1_001, Number.NaN, '10', null]
