import { PassThrough, Readable } from 'node:stream'
import { runCommandLine } from '../../src/run-command-line.ts'

/** What a command printed, and how it ended. */
export interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** How a command is run. */
export interface RunOptions {
  /** Default: the folder of this test run, in which there is no configuration. */
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** What it reads from the standard input. Default: nothing, and no end. */
  readonly stdin?: string | Readable
  /** Called with each part that is printed to the standard output. */
  readonly onPrinted?: (text: string) => void
}

/** Runs a command line in this process, without a terminal. */
export async function runCommand(
  args: readonly string[],
  { cwd = '/', env = {}, signal = new AbortController().signal, stdin, onPrinted }: RunOptions = {},
): Promise<Finished> {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const printed = Promise.all([textOf(stdout, onPrinted), textOf(stderr)])
  const input = typeof stdin === 'string' ? Readable.from([Buffer.from(stdin)]) : stdin
  const streams = { stdin: input ?? new PassThrough(), stdout, stderr, env, cwd }
  const code = await runCommandLine(args, streams, signal)
  stdout.end()
  stderr.end()
  const [out, err] = await printed
  return { code, stdout: out, stderr: err }
}

/** Returns the lines of `--json`, each parsed. */
export function jsonLinesOf({ stdout }: Pick<Finished, 'stdout'>): readonly JsonLine[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonLine)
}

/** A line of `--json`. */
export interface JsonLine extends Readonly<Record<string, unknown>> {
  readonly v: number
  readonly type: string
}

async function textOf(stream: PassThrough, onPrinted?: (text: string) => void): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Uint8Array)
    onPrinted?.(bytes.toString())
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString()
}
