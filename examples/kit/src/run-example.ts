import { BadInput } from './bad-input.ts'
import { ExitCode } from './exit-code.ts'
import { READER_LEFT } from './interruption.ts'

/** The command line of an example. */
export interface Example<Command> {
  readonly usage: string
  /**
   * Returns the parsed arguments, or `undefined` if only help was requested.
   *
   * @throws BadInput
   */
  readCommandLine(args: readonly string[]): Command | undefined
  /** Resolves to the function that does it. It is loaded last: a typing error does not need it. */
  load(): Promise<(command: Command, interrupt: AbortSignal) => Promise<ExitCode>>
}

/** Runs an example as the program of this process, and sets its exit code. */
export async function runExample<Command>(example: Example<Command>): Promise<void> {
  const interrupt = new AbortController()
  // The reader may close the pipe, as `head` does.
  process.stdout.on('error', () => interrupt.abort(READER_LEFT))
  process.once('SIGINT', () => interrupt.abort())
  process.once('SIGTERM', () => interrupt.abort())

  try {
    const command = example.readCommandLine(process.argv.slice(2))
    if (command === undefined) console.log(example.usage)
    else {
      const run = await example.load()
      process.exitCode = await run(command, interrupt.signal)
    }
  } catch (error) {
    process.exitCode = error instanceof BadInput ? ExitCode.badInput : ExitCode.failed
    console.error(error instanceof Error ? error.message : error)
  }
}
