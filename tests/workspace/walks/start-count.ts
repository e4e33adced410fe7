import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { PACKAGE_BUNDLES } from '@harborage/test-kit/vitest/bundle-variables'

import type { CountedWalks, OrderedWalks } from './count-process.ts'

const script = join(import.meta.dirname, 'count-process.ts')
// V8 does not count a function where optimized code has it inlined.
const uninlined = ['--no-opt', '--no-maglev']

/** Counts what the calls of a checkout's stores pass, in a process of its own. */
export async function countWalks(
  checkout: string,
  dsn: string,
  signal?: AbortSignal,
): Promise<CountedWalks> {
  return JSON.parse(await runUninlined([script, 'count', checkout, dsn], signal)) as CountedWalks
}

/** Lists the functions that the calls of a checkout's stores pass, in the order of first calls. */
export async function orderWalks(
  checkout: string,
  dsn: string,
  signal?: AbortSignal,
): Promise<OrderedWalks> {
  return JSON.parse(await runUninlined([script, 'order', checkout, dsn], signal)) as OrderedWalks
}

/** Runs a script that counts, and returns what it prints. */
export async function runUninlined(args: readonly string[], signal?: AbortSignal): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [...uninlined, ...args], {
    signal,
    // Functions are named by their place in the sources.
    env: { ...process.env, [PACKAGE_BUNDLES]: '' },
    maxBuffer: 64 * 2 ** 20,
  })
  return stdout
}
