import { parseArgs } from 'node:util'
import { codeOf, messageOf } from '@harborage/core/kit'
import { wrongUsage } from '../command-failure.ts'
import type { Command, OptionSpec } from '../command.ts'
import { nearestOf } from './nearest-of.ts'
import { Options } from './options.ts'

/** What was given to a command. */
export interface ParsedArguments {
  readonly options: Options
  readonly positionals: readonly string[]
}

/**
 * Parses what follows the name of a command. An unknown option, one without its value and a value
 * that is not wanted are refused. What follows `--` is no option.
 *
 * @throws CommandFailure if it is malformed. The message has no value.
 */
export function parseArguments(
  specs: readonly OptionSpec[],
  given: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ParsedArguments {
  const known = new Map(specs.map((spec) => [spec.name, spec]))
  const { tokens } = parseTokens(specs, given)
  const values = new Map<string, string | true>()
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const spec = known.get(token.name)
    if (spec === undefined) throw unknownOption(token.rawName, [...known.keys()])
    if (values.has(spec.name)) throw wrongUsage(`--${spec.name} is given twice: give it once`)
    values.set(spec.name, valueOf(spec, token))
  }
  return { options: new Options(values, env), positionals }
}

/** Checks that a command got as many arguments as it declares. */
export function checkPositionals(command: Command, positionals: readonly string[]): void {
  const missing = command.arguments.find(
    ({ isOptional }, index) => isOptional !== true && index >= positionals.length,
  )
  if (missing !== undefined) {
    throw wrongUsage(
      `${missing.name} is missing: ${missing.says} See harborage help ${command.name}`,
    )
  }
  if (positionals.length > command.arguments.length) {
    throw wrongUsage(
      `there are more arguments than ${command.name} takes: see harborage help ${command.name}`,
    )
  }
}

function parseTokens(specs: readonly OptionSpec[], given: readonly string[]) {
  const options = Object.fromEntries(
    specs.map(({ name, short, value }) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  )
  try {
    return parseArgs({
      args: [...given],
      options,
      allowPositionals: true,
      strict: false,
      tokens: true,
    })
  } catch (error) {
    throw wrongUsage(`the options cannot be read (${codeOf(error) ?? messageOf(error)})`)
  }
}

interface GivenOption {
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

function valueOf(
  { name, value: called }: OptionSpec,
  { value, inlineValue }: GivenOption,
): string | true {
  if (called === undefined) {
    if (value === undefined) return true
    throw wrongUsage(`--${name} takes no value: leave it out`)
  }
  const isOption = inlineValue !== true && value?.startsWith('-') === true
  if (value !== undefined && !isOption) return value
  throw wrongUsage(
    `--${name} lacks its value: write --${name} ${called}, or --${name}=${called} if it begins with "-"`,
  )
}

function unknownOption(rawName: string, known: readonly string[]): Error {
  // What looks like an option may be a part of a password.
  if (!/^--?[a-z][a-z-]{0,30}$/.test(rawName)) {
    return wrongUsage('there is an option of another name than any known one: see --help')
  }
  const nearest = nearestOf(rawName.replace(/^--?/, ''), known)
  return wrongUsage(
    nearest === undefined
      ? `${rawName} is no option of this command: see --help`
      : `${rawName} is no option of this command: did you mean --${nearest}?`,
  )
}
