import { ArtifactStore, InMemoryArtifactDriver } from '@harborage/artifacts'
import { artifactsConformance } from '@harborage/conformance/artifacts'
import { memoryConformance } from '@harborage/conformance/memory'
import { stateConformance } from '@harborage/conformance/state'
import { InMemoryMemoryDriver, MemoryStore, parseMemoryRules } from '@harborage/memory'
import { InMemoryStateDriver, StateStore } from '@harborage/state'
import { describe, expect, it } from 'vitest'

import { collectCases, type CollectedCase } from '@harborage/test-kit/collected-cases'
import { measure, shareOf } from '@harborage/test-kit/measure'
import { slowDriver } from './slow-driver.ts'

const CALL_MS = measure({ quick: 6, full: 15 })
/** The cases wait most of the time, so that many are run at once. */
const AT_ONCE = 50
/** Only for what hangs. */
const TIME_LIMIT_MS = 600_000

interface Settings {
  readonly durable: boolean
  readonly callMs: number
  readonly histories: { readonly runs: number; readonly seed: number }
}

/** Keeps what it holds when a store is closed, and so counts as durable. */
class LastingState extends InMemoryStateDriver {
  override async close(): Promise<void> {}
}

class LastingArtifacts extends InMemoryArtifactDriver {
  override async close(): Promise<void> {}
}

class LastingMemory extends InMemoryMemoryDriver {
  override async close(): Promise<void> {}
}

const suites: Readonly<Record<string, (settings: Settings) => CollectedCase[]>> = {
  state(settings) {
    const driver = slowDriver(new LastingState(), CALL_MS)
    const open = async (): Promise<StateStore> => new StateStore(driver)
    return collectCases((runner) => stateConformance(runner, { open, ...settings }))
  },
  artifacts(settings) {
    const driver = slowDriver(new LastingArtifacts(), CALL_MS)
    return collectCases((runner) =>
      artifactsConformance(runner, {
        open: async (limits) => new ArtifactStore(driver, limits),
        ...settings,
      }),
    )
  },
  memory(settings) {
    const driver = slowDriver(new LastingMemory(), CALL_MS)
    return collectCases((runner) =>
      memoryConformance(runner, {
        open: async (rules) => new MemoryStore(driver, { rules: parseMemoryRules(rules) }),
        ...settings,
      }),
    )
  },
}

const settings: Settings = {
  durable: true,
  callMs: CALL_MS,
  histories: { runs: 10, seed: 20_261_129 },
}

/** Returns whether a case shifts the clock of its process, so that no other can run meanwhile. */
function shiftsClock({ name }: CollectedCase): boolean {
  return name.includes('and not by that of the process')
}

describe.concurrent.for(Object.entries(suites))('the conformance suite of %s', ([, casesOf]) => {
  it(
    `passes on a driver that takes ${CALL_MS} ms a call`,
    async (context) => {
      const every = casesOf(settings).filter((each) => !shiftsClock(each))
      const cases = shareOf(every, { of: 8, part: 1 })
      context.expect(await failuresOf(cases, AT_ONCE)).toEqual([])
    },
    TIME_LIMIT_MS,
  )

  it('runs at most the requested number of histories of each kind', () => {
    const histories = { runs: 2, seed: 1 }
    const names = casesOf({ durable: true, callMs: 1, histories }).map(({ name }) => name)
    const ranges = names.flatMap((name) => /histories (\d+ to \d+)/u.exec(name)?.[1] ?? [])
    expect(new Set(ranges)).toEqual(new Set(['1 to 2']))
  })

  it.for([
    { callMs: 1, range: '1 to 10', callers: '128' },
    { callMs: 1_000, range: '1 to 1', callers: '16' },
  ])('runs $range and $callers callers in a case at $callMs ms a call', (expected) => {
    const { callMs, range, callers } = expected
    const histories = { runs: 10, seed: 1 }
    const names = casesOf({ durable: true, callMs, histories }).map(({ name }) => name)
    const found = (pattern: RegExp): (string | undefined)[] =>
      names.flatMap((name) => pattern.exec(name)?.[1] ?? [])
    expect(found(/ histories (\d+ to \d+)/u)[0]).toBe(range)
    expect(new Set(found(/ (\d+) callers/u))).toEqual(new Set([callers]))
  })
})

// After the suites, which run at the same time.
it('the cases that shift the clock of the process pass on a slow driver', async () => {
  const every = Object.values(suites).flatMap((casesOf) => casesOf(settings))
  const shifting = every.filter(shiftsClock)
  expect(shifting.map(({ guarantee }) => guarantee)).toEqual(['S13', 'S17', 'A13'])
  expect(await failuresOf(shifting, 1)).toEqual([])
})

/** Resolves to what failed of the cases, so many of which are run at once. */
async function failuresOf(cases: readonly CollectedCase[], atOnce: number): Promise<unknown[]> {
  const failures: unknown[] = []
  const waiting = cases.values()
  const runCases = async (): Promise<void> => {
    for (const { name, run } of waiting) {
      const failure = await run(TIME_LIMIT_MS)
      if (failure !== undefined) failures.push({ name, failure })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, runCases))
  return failures
}
