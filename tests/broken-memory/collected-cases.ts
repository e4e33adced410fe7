import { memoryConformance, type MemoryHarness } from '@harborage/conformance/memory'

/** One case of the suite, to be run when it is wanted. */
export interface CollectedCase {
  readonly name: string
  readonly guarantee: string
  /** What it failed with, or `undefined` if it passed. */
  readonly run: (timeLimitMs: number) => Promise<unknown>
}

/** Every case that the suite registers for a harness. */
export function collectCases(harness: MemoryHarness): CollectedCase[] {
  const cases: CollectedCase[] = []
  const it = (name: string, body: () => Promise<void>): void => {
    const [guarantee = ''] = name.split(' ')
    cases.push({ name, guarantee, run: (timeLimitMs) => failureOf(body, timeLimitMs) })
  }
  memoryConformance({ describe: (_name, body) => body(), it }, harness)
  return cases
}

/** Longer than any case takes on a store in memory, on a machine that does nothing else. */
const FAULT_TIME_LIMIT_MS = 1_500

/** The first case of a guarantee that fails. */
export async function firstFailing(
  harness: MemoryHarness,
  guarantee: string,
): Promise<string | undefined> {
  for (const each of collectCases(harness)) {
    if (each.guarantee === guarantee && (await each.run(FAULT_TIME_LIMIT_MS)) !== undefined)
      return each.name
  }
  return undefined
}

/** A broken store may also never answer. */
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
