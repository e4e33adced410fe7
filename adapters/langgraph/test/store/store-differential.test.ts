import { tenantOwner } from '@harborage/core'
import type { StateStore } from '@harborage/state'
import { measure } from '@harborage/test-kit/measure'
import type { Item, Operation } from '@langchain/langgraph-checkpoint'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { HarborageStore } from '../../src/store/harborage-store.ts'
import { places } from '../support/places.ts'
import { InMemoryTwin } from './support/in-memory-twin.ts'
import { steps, type Step } from './support/steps.ts'

const RUNS: Readonly<Record<string, number>> = {
  memory: measure({ quick: 60, full: 5_000 }),
  SQLite: measure({ quick: 25, full: 1_500 }),
  Postgres: measure({ quick: 15, full: 500 }),
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01T00:00:00Z') })
})

afterEach(() => {
  vi.useRealTimers()
})

describe.each(places)('a store on $name beside an InMemoryStore', ({ name, open }) => {
  test('answers any operations alike, whatever came before', async () => {
    const state = await open()
    let runs = 0
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        runs += 1
        await compareAll(state, `run ${runs}`, all)
      }),
      { numRuns: RUNS[name] ?? 0 },
    )
  })
})

async function compareAll(
  state: StateStore,
  tenantId: string,
  all: readonly Step[],
): Promise<void> {
  const store = new HarborageStore({ state, owner: tenantOwner({ tenantId }) })
  const twin = new InMemoryTwin()
  for (const { pause, operations } of all) {
    vi.setSystemTime(Date.now() + pause)
    const checks = await Promise.all(operations.map((each) => checkOf(store, twin, each)))
    const answers: readonly unknown[] = await store.batch([...operations])
    await twin.apply(operations)
    expect(answers).toHaveLength(operations.length)
    for (const [index, check] of checks.entries()) check(answers[index])
  }
}

/** Resolves to a check of the answer to an operation, made before the operation. */
async function checkOf(
  store: HarborageStore,
  twin: InMemoryTwin,
  operation: Operation,
): Promise<(answer: unknown) => void> {
  if ('value' in operation) return (answer) => expect(answer).toBeUndefined()
  if ('namespace' in operation) {
    const expected = await twin.get(operation)
    return (answer) => expect(answer).toEqual(expected)
  }
  const { offset = 0, limit = 10 } = operation
  const ours = await everyPage(store, operation)
  if ('namespacePrefix' in operation) {
    expect(sorted(ours)).toEqual(sorted(await twin.search(operation)))
    const dates = (ours as readonly Item[]).map(({ createdAt }) => createdAt.getTime())
    expect(dates).toEqual(dates.toSorted((left, right) => left - right))
  } else {
    expect(sorted(ours)).toEqual(sorted(await twin.listNamespaces(operation)))
  }
  return (answer) => expect(answer).toEqual(ours.slice(offset, offset + limit))
}

async function everyPage(store: HarborageStore, operation: Operation): Promise<readonly unknown[]> {
  const [found] = await store.batch([{ ...operation, limit: Infinity, offset: 0 }])
  return found as unknown as readonly unknown[]
}

/** Returns results in an order that does not depend on the store. */
function sorted(results: readonly unknown[]): readonly unknown[] {
  const texts = results.map((result) => [JSON.stringify(parts(result)), result] as const)
  return texts.toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, result]) => result)
}

function parts(result: unknown): unknown {
  if (typeof result !== 'object' || result === null || !('key' in result)) return result
  return 'namespace' in result ? [result.namespace, result.key] : result.key
}
