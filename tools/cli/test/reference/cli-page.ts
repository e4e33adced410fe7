import { globalOptions, placeOptions } from '../../src/arguments/global-options.ts'
import { identityOptions } from '../../src/arguments/identity-options.ts'
import type { Command, OptionSpec } from '../../src/command.ts'
import { commands } from '../../src/commands.ts'
import { exitCodes, exitMeanings, type Outcome } from '../../src/exit-codes.ts'
import { optionName } from '../../src/help/command-help.ts'
import { topics } from '../../src/help/topics.ts'
import { wrapText } from '../../src/output/wrap-text.ts'
import { recordSession } from './record-session.ts'

const WIDTH = 100

/** Returns docs/cli.md, made of the help and of a session that is run for it. */
export async function cliPage(): Promise<string> {
  const parts = [
    '# The command `harborage`',
    paragraph(
      'Look at, check and erase what the stores hold, without writing SQL. It is a package of its own, and `harborage` runs it once it is installed:',
    ),
    fence('sh', 'npm install @harborage/cli\nnpx harborage status --database sqlite:./agent.db'),
    paragraph(
      'This page is made of the help of the command by `pnpm docs:cli`. `harborage help COMMAND` prints the same.',
    ),
    ['**Contents:** [A first session](#a-first-session)', ...contents()].join(' ·\n'),
    '## A first session',
    paragraph('On a terminal of 80 columns; an agent wrote its data after the first command.'),
    fence('text', await recordSession()),
    ...topics.flatMap(({ name, summary, paragraphs }) => [
      `## ${capitalized(name)}`,
      paragraph(`${summary}: \`harborage help ${name}\`.`),
      ...paragraphs.map((text) => (text.startsWith('{') ? fence('json', text) : paragraph(text))),
    ]),
    ...commands.flatMap(sectionOf),
    '## Options of several commands',
    paragraph(
      'Where the stores are. copy and verify, which are about two profiles, take only --config and --no-prepared-statements, for both of them:',
    ),
    optionList(placeOptions),
    paragraph('Whose data it is about:'),
    optionList(identityOptions),
    paragraph('How it prints, for every command:'),
    optionList(globalOptions),
    '## Exit codes',
    outcomes.map((name) => `- **${exitCodes[name]}**: ${exitMeanings[name]}`).join('\n'),
  ]
  return `${parts.join('\n\n')}\n`
}

const outcomes = Object.keys(exitCodes).filter((name): name is Outcome => name in exitMeanings)
const shared = [...placeOptions, ...identityOptions, ...globalOptions]

function contents(): readonly string[] {
  const titles = [
    ...topics.map(({ name }) => [capitalized(name), name]),
    ...commands.map(({ name }) => [`\`${name}\``, name]),
    ['Options of several commands', 'options-of-several-commands'],
    ['Exit codes', 'exit-codes'],
  ]
  return titles.map(([title = '', anchor = '']) => `[${title}](#${anchor})`)
}

function sectionOf(command: Command): readonly string[] {
  const { name, summary, description, arguments: positionals, options, examples } = command
  const own = options.filter((option) => !shared.includes(option))
  return [
    `## \`${name}\``,
    paragraph(`${summary}.`),
    ...description.map(paragraph),
    fence('sh', examples.map(({ says, command: typed }) => `# ${says}\n${typed}`).join('\n\n')),
    ...(positionals.length === 0 && own.length === 0
      ? []
      : [
          [...positionals.map((each) => item(each.name, each.says)), ...own.map(optionItem)].join(
            '\n',
          ),
        ]),
  ]
}

function optionList(options: readonly OptionSpec[]): string {
  return options.map(optionItem).join('\n')
}

function optionItem(option: OptionSpec): string {
  return item(optionName(option), option.says)
}

function item(name: string, says: string): string {
  const [first = '', ...others] = wrapText(`- \`${name}\`: ${escaped(says)}`, WIDTH - 2)
  return [first, ...others.map((line) => `  ${line}`)].join('\n')
}

function paragraph(text: string): string {
  return wrapText(escaped(text), WIDTH).join('\n')
}

/** Escapes what Markdown would read as markup. */
function escaped(text: string): string {
  return text.replaceAll(/[\\<>[\]*_](?=[^`]*(?:`[^`]*`[^`]*)*$)/g, String.raw`\$&`)
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
