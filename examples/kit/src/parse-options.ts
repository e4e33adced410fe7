import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { BadInput } from './bad-input.ts'

/** The values of options. */
export type OptionValues<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Options; strict: true }>
>['values']

/**
 * Returns the values of options on a command line without other arguments.
 *
 * @throws BadInput
 */
export function parseOptions<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
): OptionValues<Options> {
  try {
    return parseArgs<{ args: string[]; options: Options; strict: true }>({
      args: withNegativeNumbers(args),
      options,
      strict: true,
    }).values
  } catch (cause) {
    // The first sentence says what is wrong, the others how to pass such an argument anyway.
    const [reason = ''] = cause instanceof Error ? cause.message.split(/\.\s|\n/) : []
    const [, option] = /^Option '(--\w+)' argument is ambiguous/.exec(reason) ?? []
    const fault =
      option === undefined ? reason.replace(/\.$/, '') : `${option} needs a value after it`
    throw new BadInput(`${fault}.\nSee --help for the options.`, { cause })
  }
}

/**
 * Joins `-1` to the option before it, for which `parseArgs` would take it for another option. So it
 * is rejected like any number out of range.
 */
function withNegativeNumbers(args: readonly string[]): string[] {
  const joined: string[] = []
  for (const arg of args) {
    const option = joined.at(-1)
    if (/^-\d/.test(arg) && option?.startsWith('--')) joined.splice(-1, 1, `${option}=${arg}`)
    else joined.push(arg)
  }
  return joined
}
