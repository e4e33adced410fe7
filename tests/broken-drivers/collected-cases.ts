import { stateConformance, type StateHarness } from '@harborage/conformance/state'

const TIME_LIMIT_MS = 3_000

/** One case of the suite, to be run when it is wanted. */
export interface CollectedCase {
  readonly name: string
  /** What it failed with, or `undefined` if it passed. */
  readonly run: () => Promise<unknown>
}

/** Every case that the suite registers for a harness. */
export function collectCases(harness: StateHarness): CollectedCase[] {
  const cases: CollectedCase[] = []
  const it = (name: string, body: () => Promise<void>): void => {
    cases.push({ name, run: () => failureOf(body) })
  }
  stateConformance({ describe: (_name, body) => body(), it }, harness)
  return cases
}

/** The names of the cases that fail, of those whose guarantee is the given one. */
export async function failingCases(harness: StateHarness, guarantee: string): Promise<string[]> {
  const failing: string[] = []
  for (const { name, run } of collectCases(harness)) {
    if (!name.startsWith(`${guarantee} `)) continue
    if ((await run()) !== undefined) failing.push(name)
  }
  return failing
}

/** A broken store may also never answer. */
async function failureOf(body: () => Promise<void>): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const timer = setTimeout(() => resolve(new Error('it does not end')), TIME_LIMIT_MS)
  body().then(() => resolve(undefined), resolve)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
  }
}
