import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'

import { PACKAGE_BUNDLES } from '@harborage/test-kit/vitest/bundle-variables'

import { bundlesOf } from './broken-bundles.ts'
import type { BrokenBuild } from './fault-row.ts'

const register = pathToFileURL(join(import.meta.dirname, 'register-broken-build.ts')).href
/**
 * What was compiled once need not be compiled by each of many short lives, nor by each broken
 * build.
 */
const compiled =
  process.env['NODE_COMPILE_CACHE'] ?? join(import.meta.dirname, '../../node_modules/.cache/faults')

export interface ProcessOptions {
  readonly brokenBuild?: BrokenBuild | undefined
  readonly env?: Readonly<Record<string, string>>
  /** A program that starts it, such as strace, with its arguments. */
  readonly under?: readonly string[]
}

export type RunningProcess = ChildProcessByStdio<Writable, Readable, null>

const running = new Set<RunningProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Runs a script with the product, or with a broken build of it, in a process of its own. It does
 * not outlive this one.
 *
 * @param script Its absolute path.
 */
export function startProcess(
  script: string,
  args: readonly string[],
  { brokenBuild, env = {}, under = [] }: ProcessOptions = {},
): RunningProcess {
  const hook = brokenBuild === undefined ? [] : ['--import', register]
  const [program = process.execPath, ...rest] = [
    ...under,
    process.execPath,
    ...hook,
    script,
    ...args,
  ]
  const child = spawn(program, rest, {
    // A broken build has to fail, and its output is of no use.
    stdio: ['pipe', 'pipe', brokenBuild === undefined ? 'inherit' : 'ignore'],
    env: {
      ...process.env,
      ...env,
      NODE_COMPILE_CACHE: compiled,
      ...(brokenBuild && {
        HARBORAGE_BROKEN_BUILD: JSON.stringify(brokenBuild),
        [PACKAGE_BUNDLES]: bundlesOf(brokenBuild),
      }),
    },
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}
