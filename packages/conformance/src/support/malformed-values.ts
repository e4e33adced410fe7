/** What names nothing, whatever it should name. */
export const notNames: readonly unknown[] = [
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

export const notBytes: readonly unknown[] = [
  undefined,
  null,
  'text',
  [1, 2, 3],
  new ArrayBuffer(3),
  new Uint16Array(3),
  new DataView(new ArrayBuffer(3)),
]

/** Options with something else in place of the signal, or beside it. */
export const notSignals: readonly unknown[] = [
  { signal: 'soon' },
  { signal: { aborted: true } },
  { timeoutMs: 100 },
  { Signal: undefined },
]

export const notPageSizes: readonly unknown[] = [0, -1, 1.5, 1_001, Number.NaN, '10', null]
