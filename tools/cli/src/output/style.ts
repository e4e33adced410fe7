import { styleText } from 'node:util'
import type { Terminal } from '../streams.ts'

/** The styles of printed text. */
export type StyleName = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan'

/** Returns the function that styles text, or one that leaves it as it is. */
export function styleFor(
  terminal: Terminal,
  env: Readonly<Record<string, string | undefined>>,
  isPlain: boolean,
): (name: StyleName, text: string) => string {
  // An empty NO_COLOR counts as absent: https://no-color.org.
  const isStyled = !isPlain && terminal.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  return (name, text) => (isStyled ? styleText(name, text, { validateStream: false }) : text)
}
