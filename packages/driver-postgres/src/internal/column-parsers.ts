const BYTEA = 17
const INT8 = 20

/** How pg reads the columns of a row, as the engine port promises them, whatever parsers the process has set. */
export const columnParsers: { getTypeParser(typeId: number): (text: string) => unknown } = {
  getTypeParser(typeId) {
    if (typeId === INT8) return Number
    return typeId === BYTEA ? parseBytes : String
  },
}

/** Gives bytes of their own: what Buffer allocates is shared with other values as long as it is small. */
function parseBytes(text: string): Uint8Array {
  if (!text.startsWith('\\x')) return parseEscaped(text)
  const bytes = new Uint8Array((text.length - 2) / 2)
  Buffer.from(bytes.buffer).write(text.slice(2), 'hex')
  return bytes
}

/** What a server with bytea_output = escape sends: printable ASCII as it is, two backslashes for one, `\\ooo` in octal. */
function parseEscaped(text: string): Uint8Array {
  const plain = text.replaceAll(/\\(\\|[0-3][0-7]{2})/g, (_, escaped: string) =>
    escaped === '\\' ? escaped : String.fromCharCode(Number.parseInt(escaped, 8)),
  )
  return Uint8Array.from(Buffer.from(plain, 'latin1'))
}
