import { BadInput } from './bad-input.ts'
import { readCommandLine, USAGE } from './command-line.ts'
import { ExitCode } from './exit-code.ts'
import { READER_LEFT } from './interruption.ts'

const interrupt = new AbortController()
// The reader may close the pipe, as `head` does.
process.stdout.on('error', () => interrupt.abort(READER_LEFT))
process.once('SIGINT', () => interrupt.abort())
process.once('SIGTERM', () => interrupt.abort())

try {
  const command = readCommandLine(process.argv.slice(2))
  if (command === undefined) console.log(USAGE)
  else {
    // Loaded last: it takes ten times as long as the rest, and a typing error does not need it.
    const { runDemo } = await import('./run-demo.ts')
    process.exitCode = await runDemo(command, interrupt.signal)
  }
} catch (error) {
  process.exitCode = error instanceof BadInput ? ExitCode.badInput : ExitCode.failed
  console.error(error instanceof Error ? error.message : error)
}
