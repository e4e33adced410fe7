import { printable } from '@harborage/example-kit/columns'
import { bold, dim } from '@harborage/example-kit/style'

/** The width of the names in front of what they did. */
const NAME_WIDTH = 15

/** Prints lines. */
export function print(...lines: readonly string[]): void {
  for (const line of lines) console.log(line)
}

/** Prints the title of a section after an empty line, and what explains it. */
export function printTitle(title: string, explanation = ''): void {
  print('', `${bold(title)}  ${dim(explanation)}`.trimEnd())
}

/** Prints who did what. */
export function printDeed(name: string, deed: string, mark = ' '): void {
  print(`  ${mark} ${dim(name.padEnd(NAME_WIDTH))}${printable(deed)}`)
}
