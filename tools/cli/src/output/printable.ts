/**
 * What drives a terminal or hides text: control characters (C0, C1, DEL), formats such as those
 * that turn the direction of text, lone surrogates and separators of lines.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
const UNSAFE_IN_LINES = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Returns a text of one line that cannot drive a terminal: `\u{1b}` stands for an escape. */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, escaped)
}

/** Returns a text like {@link printable} that may have several lines and tabs. */
export function printableLines(text: string): string {
  return text.replaceAll(UNSAFE_IN_LINES, escaped)
}

/** Returns a value as JSON in which those characters are escaped as JSON has it. */
export function printableJson(value: unknown): string {
  return escapeInJson(JSON.stringify(value))
}

/** Returns JSON with those characters escaped, which only its strings may have. */
export function escapeInJson(json: string): string {
  return json.replaceAll(UNSAFE_IN_LINES, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}
