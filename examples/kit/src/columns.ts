import { stripVTControlCharacters } from 'node:util'

const { columns } = process.stdout

/**
 * Returns the width of the report: that of the terminal within limits, or 100 without a terminal.
 */
export const LINE_WIDTH: number = Math.min(Math.max(columns ?? 100, 60), 120)

const NOT_SHOWN = /[\p{Control}\p{Format}\p{Surrogate}]/gu

/** Returns a text without control characters: no file name may move the cursor of the terminal. */
export function printable(text: string): string {
  return text.replaceAll(NOT_SHOWN, '\u{fffd}')
}

/** Shortens a text to a width at its beginning: the end of a path is more informative. */
export function keepEnd(text: string, width: number): string {
  const shown = printable(text)
  return shown.length <= width ? shown : `…${shown.slice(shown.length - width + 1)}`
}

/** Shortens a text to a width at its end. */
export function keepBeginning(text: string, width: number): string {
  const shown = printable(text)
  return shown.length <= width ? shown : `${shown.slice(0, width - 1)}…`
}

/**
 * Breaks a line that is too long for the terminal between words. Without a terminal it stays as it
 * is.
 */
export function wrapped(line: string): string[] {
  if (columns === undefined || widthOf(line) <= LINE_WIDTH) return [line]
  const [indent = ''] = /^ */.exec(line) ?? []
  const lines: string[] = []
  let current = indent
  for (const word of line.slice(indent.length).split(' ')) {
    const longer = current.trim() === '' ? current + word : `${current} ${word}`
    if (widthOf(longer) <= LINE_WIDTH || current.trim() === '') current = longer
    else {
      lines.push(current)
      current = `${indent}  ${word}`
    }
  }
  return [...lines, current]
}

function widthOf(line: string): number {
  return stripVTControlCharacters(line).length
}
