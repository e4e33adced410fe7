import { escapeInJson, printableLines } from '../output/printable.ts'
import { indentJson, isJson } from './indent-json.ts'
import { textOf } from './text-of.ts'

const BYTES_IN_LINE = 16

/**
 * Returns an iterable over the lines that show bytes: JSON indented, text as it is, other bytes in
 * hex. No line can drive a terminal.
 */
export function payloadLines(bytes: Uint8Array): Iterable<string> {
  const text = textOf(bytes)
  if (text === undefined) return hexLines(bytes)
  return isJson(text) ? jsonLines(text) : printableLines(text).split('\n')
}

/** Returns an iterable over the lines of JSON, indented. No line can drive a terminal. */
export function* jsonLines(json: string): Iterable<string> {
  for (const line of indentJson(json)) yield escapeInJson(line)
}

function* hexLines(bytes: Uint8Array): Iterable<string> {
  for (let start = 0; start < bytes.length; start += BYTES_IN_LINE) {
    const part = bytes.subarray(start, start + BYTES_IN_LINE)
    const hex = Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = Array.from(part, (byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
    ).join('')
    yield `${start.toString(16).padStart(8, '0')}  ${hex.padEnd(BYTES_IN_LINE * 3)} ${text}`
  }
}
