import { artifactsConformance, type ArtifactHarness } from '@harborage/conformance/artifacts'

const TIME_LIMIT_MS = 3_000

/** One case of the suite, to be run when it is wanted. */
export interface CollectedCase {
  readonly name: string
  /** What it failed with, or `undefined` if it passed. */
  readonly run: () => Promise<unknown>
}

/** Every case that the suite registers for a harness. */
export function collectCases(harness: ArtifactHarness): CollectedCase[] {
  const cases: CollectedCase[] = []
  const it = (name: string, body: () => Promise<void>): void => {
    cases.push({ name, run: () => failureOf(body) })
  }
  artifactsConformance({ describe: (_name, body) => body(), it }, harness)
  return cases
}

/** The names of the wanted cases that fail. */
export async function failingCases(
  harness: ArtifactHarness,
  isWanted: (name: string) => boolean,
): Promise<string[]> {
  const failing: string[] = []
  for (const { name, run } of collectCases(harness)) {
    if (isWanted(name) && (await run()) !== undefined) failing.push(name)
  }
  return failing
}

/** The guarantee that a case checks. */
export function guaranteeOf(name: string): string {
  return name.slice(0, name.indexOf(' '))
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
