const BYTEA = 17
/** int8, int2 and int4. `length` of bytes is an int4. */
const INTEGERS: ReadonlySet<number> = new Set([20, 21, 23])

/** The column parsers of the engine port. They replace any parsers that the process has set. */
export const columnParsers: { getTypeParser(typeId: number): (text: string) => unknown } = {
  getTypeParser(typeId) {
    if (INTEGERS.has(typeId)) return Number
    return typeId === BYTEA ? parseBytes : String
  },
}

/** Parses bytes into memory of their own: small Buffers share memory with others. */
function parseBytes(text: string): Uint8Array {
  if (!text.startsWith('\\x')) return parseEscaped(text)
  const bytes = new Uint8Array((text.length - 2) / 2)
  Buffer.from(bytes.buffer).write(text.slice(2), 'hex')
  return bytes
}

/**
 * Parses the format of `bytea_output = escape`: printable ASCII, two backslashes for one, `\ooo` in
 * octal.
 */
function parseEscaped(text: string): Uint8Array {
  const plain = text.replaceAll(/\\(\\|[0-3][0-7]{2})/g, (_, escaped: string) =>
    escaped === '\\' ? escaped : String.fromCharCode(Number.parseInt(escaped, 8)),
  )
  return Uint8Array.from(Buffer.from(plain, 'latin1'))
}
