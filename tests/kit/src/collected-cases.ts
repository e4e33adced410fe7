import type { TestRunner } from '@harborage/conformance/state'

import { HANG_LIMIT_MS } from './hang-limit.ts'

/**
 * Longer than a case takes in memory on an idle machine. To be hasty with a broken store only adds
 * to what fails.
 */
const FAULT_TIME_LIMIT_MS = 3_000

/** A case of a conformance suite, which can be run later. */
export interface CollectedCase {
  readonly name: string
  /** The number of the guarantee that it checks, such as `S4`. */
  readonly guarantee: string
  /**
   * Resolves to what it failed with, or `undefined` if it passed. A broken store may never answer:
   * that is a failure, too.
   */
  readonly run: (timeLimitMs?: number) => Promise<unknown>
}

/** Returns every case that a suite registers. */
export function collectCases(register: (runner: TestRunner) => void): CollectedCase[] {
  const cases: CollectedCase[] = []
  const it = (name: string, body: () => Promise<void>): void => {
    const [guarantee = ''] = name.split(' ')
    cases.push({
      name,
      guarantee,
      run: (timeLimitMs = HANG_LIMIT_MS) => failureOf(body, timeLimitMs),
    })
  }
  register({ describe: (_name, body) => body(), it })
  return cases
}

/** Resolves to the names of the cases that fail on a broken store. */
export async function failingCases(cases: readonly CollectedCase[]): Promise<string[]> {
  const failing: string[] = []
  for (const each of cases) if (await fails(each)) failing.push(each.name)
  return failing
}

/** Resolves to the name of the first case that fails on a broken store, if one does. */
export async function firstFailingCase(
  cases: readonly CollectedCase[],
): Promise<string | undefined> {
  for (const each of cases) if (await fails(each)) return each.name
  return undefined
}

async function fails(each: CollectedCase): Promise<boolean> {
  return (await each.run(FAULT_TIME_LIMIT_MS)) !== undefined
}

async function failureOf(body: () => Promise<void>, timeLimitMs: number): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const timer = setTimeout(() => resolve(new Error('it does not end')), timeLimitMs)
  body().then(() => resolve(undefined), resolve)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
  }
}
