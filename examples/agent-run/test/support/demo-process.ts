import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { type Output, outputOf } from '@harborage/example-kit/output-of'

const MAIN = join(import.meta.dirname, '../../src/main.ts')

/** Runs the demo as its user does, in a process of its own. */
export async function demo(...args: string[]): Promise<Output> {
  return finished(startDemo(...args))
}

/** Runs the demo as on a terminal with a number of columns. */
export async function demoOnTerminal(columns: number, ...args: string[]): Promise<Output> {
  const terminal = `data:text/javascript,process.stdout.columns=${columns}`
  return finished(start(['--import', terminal], args))
}

const PROGRESS = /^ {2}… [\d,]+ of [\d,]+ steps\n/gm

export function startDemo(...args: string[]): ChildProcess {
  return start([], args)
}

function start(execArgs: readonly string[], args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [...execArgs, MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Resolves to what the demo printed, without its lines of progress, which a slow machine shows. */
export async function finished(child: ChildProcess): Promise<Output> {
  const output = await outputOf(child)
  return { ...output, stderr: output.stderr.replaceAll(PROGRESS, '') }
}
