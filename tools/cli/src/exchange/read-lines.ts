const END_OF_LINE = 0x0a

/** A line of a file. */
export interface Line {
  /** Its number. The first line is 1. */
  readonly number: number
  /** Its bytes, without its end. */
  readonly bytes: Buffer
  /** Whether the file goes on after it, or ends with the end of this line. */
  readonly hasEnd: boolean
}

/**
 * Yields the lines of what is read, and holds one at a time.
 *
 * @param tooLong Called with the number of a line that has more than `maxBytes` bytes: returns the
 * error to throw.
 */
export async function* readLines(
  input: AsyncIterable<Uint8Array>,
  maxBytes: number,
  tooLong: (number: number) => Error,
): AsyncGenerator<Line, void> {
  let parts: Uint8Array[] = []
  let length = 0
  let number = 1
  const add = (part: Uint8Array): void => {
    length += part.byteLength
    if (length > maxBytes) throw tooLong(number)
    if (part.byteLength > 0) parts.push(part)
  }
  const take = (hasEnd: boolean): Line => {
    const line = { number, bytes: Buffer.concat(parts, length), hasEnd }
    parts = []
    length = 0
    number += 1
    return line
  }
  for await (const chunk of input) {
    let begin = 0
    for (;;) {
      const end = chunk.indexOf(END_OF_LINE, begin)
      if (end === -1) break
      add(chunk.subarray(begin, end))
      begin = end + 1
      yield take(true)
    }
    add(chunk.subarray(begin))
  }
  if (length > 0) yield take(false)
}
