import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const MAIN = join(import.meta.dirname, '../../src/main.ts')

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  /** Removes the lines of progress, which appear on a slow machine. */
  readonly stderr: string
}

/** Runs the demo as its user does, in a process of its own. */
export async function demo(...args: string[]): Promise<Finished> {
  return finished(startDemo(...args))
}

/** Runs the demo as on a terminal with a number of columns. */
export async function demoOnTerminal(columns: number, ...args: string[]): Promise<Finished> {
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

export async function finished(child: ChildProcess): Promise<Finished> {
  const { stdout: out, stderr: err } = child
  if (out === null || err === null) throw new Error('the demo was started without pipes')
  const [stdout, stderr] = await Promise.all([text(out), text(err), once(child, 'exit')])
  return { code: child.exitCode, stdout, stderr: stderr.replaceAll(PROGRESS, '') }
}
