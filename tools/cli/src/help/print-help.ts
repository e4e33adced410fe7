import { wrongUsage } from '../command-failure.ts'
import type { Command } from '../command.ts'
import { nearestOf } from '../arguments/nearest-of.ts'
import { wrapText } from '../output/wrap-text.ts'
import { commandHelp } from './command-help.ts'
import { overview } from './overview.ts'
import { topics, type HelpTopic } from './topics.ts'

/** The widest help: longer lines are hard to read. */
const MAX_WIDTH = 100

/**
 * Returns the help about a command or a topic, or that of `harborage` if none is named.
 *
 * @throws CommandFailure if there is no such command.
 */
export function helpAbout(
  commands: readonly Command[],
  name: string | undefined,
  width: number,
): string {
  const columns = Math.min(width, MAX_WIDTH)
  if (name === undefined) return overview(commands, columns)
  const topic = topics.find((each) => each.name === name)
  if (topic !== undefined) return topicHelp(topic, columns)
  return commandHelp(findCommand(commands, name), columns)
}

/** Returns the command of a name. */
export function findCommand(commands: readonly Command[], name: string): Command {
  const found = commands.find((command) => command.name === name)
  if (found !== undefined) return found
  const names = commands.map((command) => command.name)
  const pages = topics.map((topic) => topic.name)
  const nearest = nearestOf(name, [...names, ...pages])
  if (nearest === undefined) {
    throw wrongUsage(`there is no such command: it is one of ${names.join(', ')}`)
  }
  const meant = pages.includes(nearest) ? `help ${nearest}` : nearest
  throw wrongUsage(`there is no such command: did you mean "harborage ${meant}"?`)
}

function topicHelp({ name, summary, paragraphs }: HelpTopic, width: number): string {
  return [
    `harborage help ${name}: ${summary}`,
    ...paragraphs.map((text) => (text.startsWith('{') ? text : wrapText(text, width).join('\n'))),
  ].join('\n\n')
}
