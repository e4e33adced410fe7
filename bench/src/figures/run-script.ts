import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs a script of this folder in another process, and resolves to the JSON that it prints. */
export async function runScript(
  script: string,
  args: readonly string[],
  options: {
    readonly signal: AbortSignal
    /** Flags of Node.js. */
    readonly flags?: readonly string[]
    /** A program that starts Node.js, with its arguments. */
    readonly under?: readonly string[]
  },
): Promise<unknown> {
  const command = [
    ...(options.under ?? []),
    process.execPath,
    ...(options.flags ?? []),
    `${import.meta.dirname}/${script}`,
    ...args,
  ]
  const [program = '', ...rest] = command
  const { stdout } = await run(program, rest, { signal: options.signal, timeout: 300_000 })
  return JSON.parse(stdout)
}
