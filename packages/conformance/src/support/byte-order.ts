/** Texts in the order of their UTF-8 bytes, which differs from the order of their UTF-16 units. */
export const textsInByteOrder: readonly string[] = [
  '\u0001',
  ' ',
  '%',
  '/',
  '0',
  '10',
  '9',
  'A',
  'B',
  'Z',
  '_',
  'a',
  'a\u0001',
  'a.',
  'aa',
  'b',
  'e\u0301',
  'z',
  '~',
  '\u007f',
  '\u0080',
  '\u00df',
  '\u00e9',
  '\u0131',
  '\u4e2d',
  '\ud7ff',
  '\ue000',
  '\ufffd',
  '\uffff',
  '\u{10000}',
  '\u{1f600}',
  '\u{10ffff}',
]

/** Compares two texts by their UTF-8 bytes. */
export function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}
