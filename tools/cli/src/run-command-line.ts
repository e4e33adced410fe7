import { isHarborageError } from '@harborage/core'
import { codeOf, isError } from '@harborage/core/kit'
import { globalOptions } from './arguments/global-options.ts'
import {
  checkPositionals,
  parseArguments,
  type ParsedArguments,
} from './arguments/parse-arguments.ts'
import { CommandFailure, wrongUsage } from './command-failure.ts'
import type { Command } from './command.ts'
import { commands } from './commands.ts'
import { exitCodes, type ExitCode } from './exit-codes.ts'
import { findCommand, helpAbout } from './help/print-help.ts'
import { hintOf } from './hint-of.ts'
import { Output } from './output/output.ts'
import { readProfile } from './profile/read-profile.ts'
import { Stopped } from './stopped.ts'
import type { Streams } from './streams.ts'
import { version } from './version.ts'

/**
 * Runs a command line, prints its result, and resolves to its exit code. It never rejects.
 *
 * @param given What follows `harborage`, such as `['status', '--json']`.
 * @param streams What it reads and writes.
 * @param signal Ends the command after its current batch. Its reason should be a {@link Stopped}.
 */
export async function runCommandLine(
  given: readonly string[],
  streams: Streams,
  signal: AbortSignal,
): Promise<ExitCode> {
  const out = new Output(streams, {
    isJson: given.includes('--json'),
    isPlain: given.includes('--no-color'),
  })
  const [name = 'help', ...rest] = given
  try {
    if (name === '--version' || name === '-v' || name === 'version') {
      await out.item('version', { version }, () => version)
      return exitCodes.done
    }
    if (name === 'help' || name === '--help' || name === '-h') {
      return await printHelp(
        out,
        rest.find((each) => !each.startsWith('-')),
      )
    }
    if (name.startsWith('-'))
      throw wrongUsage('write the command first, as in harborage status --json')
    const command = findCommand(commands, name)
    return await runCommand(command, rest, { out, streams, signal })
  } catch (error) {
    return failed(
      error,
      out,
      commands.some((each) => each.name === name) ? `harborage ${name}` : 'harborage',
    )
  }
}

async function printHelp(out: Output, about: string | undefined): Promise<ExitCode> {
  const help = helpAbout(commands, about, out.width)
  await out.item('help', { text: help }, () => help)
  return exitCodes.done
}

interface Surroundings {
  readonly out: Output
  readonly streams: Streams
  readonly signal: AbortSignal
}

async function runCommand(
  command: Command,
  given: readonly string[],
  { out, streams, signal }: Surroundings,
): Promise<ExitCode> {
  const parsed: ParsedArguments = parseArguments(
    [...command.options, ...globalOptions],
    given,
    streams.env,
  )
  const { options, positionals } = parsed
  if (options.flag('help')) return printHelp(out, command.name)
  checkPositionals(command, positionals)
  const code = await command.run({
    arguments: positionals,
    options,
    out,
    streams,
    signal,
    readProfile: (name) => readProfile(streams, options, name),
  })
  return code
}

/** Prints why a command failed, and returns its exit code. */
function failed(error: unknown, out: Output, command: string): ExitCode {
  if (error instanceof Stopped) return error.exitCode
  if (error instanceof CommandFailure) {
    out.error(command, { code: error.outcome, message: error.message })
    return exitCodes[error.outcome]
  }
  if (isHarborageError(error)) {
    const { code, message } = error
    out.error(command, { code, message: message + hintOf(error) })
    return code === 'invalid_config' || code === 'unknown_driver'
      ? exitCodes.usage
      : exitCodes.failed
  }
  // Its message may quote what is stored, or a DSN.
  const name = codeOf(error) ?? (isError(error) ? error.name : 'no error')
  out.error(command, {
    code: 'unexpected',
    message: `failed unexpectedly (${name}): please report it with the command and the versions of "harborage version" and Node.js`,
  })
  return exitCodes.failed
}
