import { codeOf, requireNodeVersion } from '@harborage/core/kit'
import { isHarborageError } from '@harborage/core'
import { exitCodes } from './exit-codes.ts'
import { runCommandLine } from './run-command-line.ts'
import { Stopped } from './stopped.ts'

/**
 * Runs the command line of this process: prints to its streams, ends at Ctrl-C and SIGTERM, and
 * sets its exit code. The second Ctrl-C ends it at once.
 */
export async function runInProcess(): Promise<void> {
  const stop = new AbortController()
  const onSignal = (signal: 'SIGINT' | 'SIGTERM'): void => {
    const reason = new Stopped(signal)
    if (stop.signal.aborted) process.exit(reason.exitCode)
    stop.abort(reason)
    if (signal === 'SIGINT') sayLater()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  stopWithReader(stop)
  try {
    requireNodeVersion('@harborage/cli')
    process.exitCode = await runCommandLine(
      process.argv.slice(2),
      {
        stdin: process.stdin,
        stdout: process.stdout,
        stderr: process.stderr,
        env: process.env,
        cwd: process.cwd(),
      },
      stop.signal,
    )
  } catch (error) {
    if (!isHarborageError(error)) throw error
    process.stderr.write(`harborage: ${error.message}\n`)
    process.exitCode = exitCodes.usage
  } finally {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
    // A question that was not answered would keep the process.
    process.stdin.unref?.()
  }
}

/** Stops the command when what it prints is no longer read, as by `head`. */
function stopWithReader(stop: AbortController): void {
  process.stdout.on('error', (error: unknown) => {
    if (codeOf(error) !== 'EPIPE') throw error
    stop.abort(new Stopped('SIGPIPE'))
  })
}

/** How long a command may go on after Ctrl-C before it is said what happens. */
const PATIENCE_MS = 300

/** Prints for an operator who waits after Ctrl-C what happens. */
function sayLater(): void {
  const say = (): void => {
    process.stderr.write('\nstopping after the current batch: Ctrl-C again ends it at once\n')
  }
  if (process.stderr.isTTY) setTimeout(say, PATIENCE_MS).unref()
}
