import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Output, outputOf } from '@harborage/example-kit/output-of'

const MAIN = join(import.meta.dirname, '../../src/main.ts')

/** Runs the example as its user does, in a process of its own. */
export function example(...args: readonly string[]): Promise<Output> {
  return outputOf(start(args))
}

/** Runs the example, and presses Ctrl-C once it has printed a line. */
export async function interruptAt(line: RegExp, ...args: readonly string[]): Promise<Output> {
  const child = start(args)
  if (child.stdout === null) throw new Error('the example was started without a pipe')
  createInterface({ input: child.stdout }).on('line', (text) => {
    if (line.test(text)) child.kill('SIGINT')
  })
  return outputOf(child)
}

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
}
