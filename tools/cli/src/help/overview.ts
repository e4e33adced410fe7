import type { Command } from '../command.ts'
import { exitCodes, exitMeanings, type Outcome } from '../exit-codes.ts'
import { wrapText } from '../output/wrap-text.ts'
import { entryOf } from './command-help.ts'
import { topics } from './topics.ts'

const TITLE = 'harborage: look at, check and erase what the stores of Harborage hold'

/** Returns the help of `harborage` itself: the commands, where to begin, and the exit codes. */
export function overview(commands: readonly Command[], width: number): string {
  return [
    wrapText(TITLE, width).join('\n'),
    'Usage: harborage COMMAND [options]',
    [
      'Begin with:',
      '  harborage status --database sqlite:./agent.db',
      '  harborage help profiles   # so that no command needs a DSN',
    ].join('\n'),
    ['Commands:', ...commands.flatMap(({ name, summary }) => entryOf(name, summary, width))].join(
      '\n',
    ),
    [
      'Help:',
      ...entryOf('help COMMAND', 'The options of a command, with examples', width),
      ...topics.flatMap(({ name, summary }) => entryOf(`help ${name}`, summary, width)),
    ].join('\n'),
    ['Exit codes:', ...outcomes.flatMap((outcome) => codeLines(outcome, width))].join('\n'),
  ].join('\n\n')
}

const outcomes = Object.keys(exitCodes).filter((name): name is Outcome => name in exitMeanings)

function codeLines(outcome: Outcome, width: number): readonly string[] {
  const [first = '', ...others] = wrapText(exitMeanings[outcome], width - 8)
  return [
    `  ${String(exitCodes[outcome]).padEnd(6)}${first}`,
    ...others.map((line) => ' '.repeat(8) + line),
  ]
}
