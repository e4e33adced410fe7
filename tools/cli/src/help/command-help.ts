import { globalOptions } from '../arguments/global-options.ts'
import type { Command, OptionSpec } from '../command.ts'
import { wrapText } from '../output/wrap-text.ts'

/** Returns the help of a command. No line is wider than the width, but for long words. */
export function commandHelp(command: Command, width: number): string {
  const { name, summary, description, arguments: positionals, options, examples } = command
  const names = positionals.map((each) => (each.isOptional === true ? `[${each.name}]` : each.name))
  const sections = [
    wrapText(`harborage ${name}: ${summary}`, width).join('\n'),
    `Usage: ${['harborage', name, ...names, '[options]'].join(' ')}`,
    ...description.map((paragraph) => wrapText(paragraph, width).join('\n')),
    section(
      'Examples',
      examples.flatMap(({ says, command: typed }) => [`  # ${says}`, `  ${typed}`]),
    ),
    section(
      'Arguments',
      positionals.flatMap((each) => entryOf(each.name, each.says, width)),
    ),
    section(
      'Options',
      [...options, ...globalOptions].flatMap((each) => optionHelp(each, width)),
    ),
  ]
  return sections.filter((text) => text !== '').join('\n\n')
}

/** Returns how an option is written, such as `-p, --profile NAME`. */
export function optionName({ name, short, value }: OptionSpec): string {
  const letters = short === undefined ? '' : `-${short}, `
  return `${letters}--${name}${value === undefined ? '' : ` ${value}`}`
}

function optionHelp(option: OptionSpec, width: number): readonly string[] {
  return entryOf(optionName(option), option.says, width)
}

/** The column in which explanations begin. */
const COLUMN = 24

/** Returns the lines of a name with its explanation beside it, or below it if it is long. */
export function entryOf(name: string, says: string, width: number): readonly string[] {
  const lines = wrapText(says, width - COLUMN).map((line) => ' '.repeat(COLUMN) + line)
  if (name.length + 2 >= COLUMN) return [`  ${name}`, ...lines]
  const [first = '', ...others] = lines
  return [`  ${name}${first.slice(name.length + 2)}`, ...others]
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`${title}:`, ...lines].join('\n')
}
