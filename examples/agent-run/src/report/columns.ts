/** The widest line of the report. */
export const LINE_WIDTH = 100

const NOT_SHOWN = /[\p{Control}\p{Format}\p{Surrogate}]/gu

/** Names of files come from anywhere: none may move the cursor of the reader's terminal. */
export function printable(text: string): string {
  return text.replaceAll(NOT_SHOWN, '\u{fffd}')
}

/** Shortens a text to a width, at its beginning: the end of a path says more. */
export function keepEnd(text: string, width: number): string {
  const shown = printable(text)
  return shown.length <= width ? shown : `…${shown.slice(shown.length - width + 1)}`
}

/** Shortens a text to a width, at its end. */
export function keepBeginning(text: string, width: number): string {
  const shown = printable(text)
  return shown.length <= width ? shown : `${shown.slice(0, width - 1)}…`
}
