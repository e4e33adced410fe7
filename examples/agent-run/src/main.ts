import { BadInput } from './bad-input.ts'
import { readCommandLine, USAGE } from './command-line.ts'
import { ExitCode } from './exit-code.ts'
import { runDemo } from './run-demo.ts'

// The reader may leave early, as `head` does.
process.stdout.on('error', () => process.exit(ExitCode.ok))

const interrupt = new AbortController()
process.once('SIGINT', () => interrupt.abort())
process.once('SIGTERM', () => interrupt.abort())

try {
  const command = readCommandLine(process.argv.slice(2))
  if (command === undefined) console.log(USAGE)
  else process.exitCode = await runDemo(command, interrupt.signal)
} catch (error) {
  process.exitCode = error instanceof BadInput ? ExitCode.badInput : ExitCode.failed
  console.error(error instanceof Error ? error.message : error)
}
