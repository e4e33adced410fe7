import pg from 'pg'

const BYTEA = 17
const INT8 = 20

/** How pg reads the columns of a row, as the engine port promises them. */
export const columnParsers: { getTypeParser(typeId: number): (text: string) => unknown } = {
  getTypeParser(typeId) {
    if (typeId === INT8) return Number
    return typeId === BYTEA ? parseBytes : String
  },
}

// oxlint-disable-next-line typescript/no-unsafe-assignment -- pg types its parsers as any; this one gives a Buffer.
const parseEscaped: (text: string) => Uint8Array = pg.types.getTypeParser(BYTEA)

/** Gives bytes of their own: what Buffer allocates is shared with other values as long as it is small. */
function parseBytes(text: string): Uint8Array {
  // A server with bytea_output = escape sends the older form.
  if (!text.startsWith('\\x')) return new Uint8Array(parseEscaped(text))
  const bytes = new Uint8Array((text.length - 2) / 2)
  Buffer.from(bytes.buffer).write(text.slice(2), 'hex')
  return bytes
}
