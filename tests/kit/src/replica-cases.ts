import type { TestRunner } from '@harborage/conformance/state'

import { collectCases } from './collected-cases.ts'
import { isFullRun } from './measure.ts'

/** The settings of a harness that decide which cases a suite registers. */
export interface ReplicaSettings {
  readonly durable: boolean
  readonly shared: boolean
}

/** The settings of a harness whose store shares its database with the other cases. */
export const aloneSettings: ReplicaSettings = { durable: false, shared: false }

/**
 * Registers the cases in which it matters that each store opens a database of its own: those that
 * reopen a store, that have several stores open, or that close one (S10). The full run registers
 * every case of the suite.
 */
export function registerReplicaCases(
  { it }: TestRunner,
  register: (runner: TestRunner, settings: ReplicaSettings) => void,
): void {
  const alone = new Set(
    collectCases((runner) => register(runner, aloneSettings)).map(({ name }) => name),
  )
  const all = collectCases((runner) => register(runner, { durable: true, shared: true }))
  for (const { name, guarantee, run } of all) {
    if (!isFullRun && guarantee !== 'S10' && alone.has(name)) continue
    it(name, async () => {
      const failure = await run()
      if (failure !== undefined) throw new Error('the case failed', { cause: failure })
    })
  }
}
