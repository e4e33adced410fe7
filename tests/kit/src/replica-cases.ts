import type { TestRunner } from '@harborage/conformance/state'

import { collectCases } from './collected-cases.ts'
import { isFullRun, type Share } from './measure.ts'
import { choiceOfSuite, shareOfSuite } from './share-of-suite.ts'

/** The settings of a harness that decide which cases a suite registers. */
export interface ReplicaSettings {
  readonly durable: boolean
  readonly shared: boolean
}

/** The settings of a harness whose store shares its database with the other cases. */
const aloneSettings: ReplicaSettings = { durable: false, shared: false }

/** The settings of a harness of which each store opens a database of its own. */
const replicaSettings: ReplicaSettings = { durable: true, shared: true }

/** Registers the cases of a suite with a runner and the settings of a harness. */
type RegisterSuite = (runner: TestRunner, settings: ReplicaSettings) => void

/**
 * Registers those cases of a share of a suite that {@link registerReplicaCases} leaves to stores
 * that share their database. The full run registers all of these.
 */
export function registerAloneCases(
  runner: TestRunner,
  share: Share,
  register: RegisterSuite,
): void {
  const shared = collectCases((each) => register(shareOfSuite(each, share), replicaSettings))
  const names = new Set(shared.map(({ name }) => name))
  const choose = choiceOfSuite(runner, (cases) => cases.filter(([name]) => names.has(name)))
  register(choose, aloneSettings)
}

/**
 * Registers the cases in which it matters that each store opens a database of its own: those that
 * reopen a store, that have several stores open, or that close one (S10). The full run registers
 * every case of the suite.
 */
export function registerReplicaCases({ it }: TestRunner, register: RegisterSuite): void {
  const alone = new Set(
    collectCases((runner) => register(runner, aloneSettings)).map(({ name }) => name),
  )
  const all = collectCases((runner) => register(runner, replicaSettings))
  for (const { name, guarantee, run } of all) {
    if (!isFullRun && guarantee !== 'S10' && alone.has(name)) continue
    it(name, async () => {
      const failure = await run()
      if (failure !== undefined) throw new Error('the case failed', { cause: failure })
    })
  }
}
