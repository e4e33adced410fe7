import type { MemoryHarness } from '@harborage/conformance/memory'
import {
  InMemoryMemoryDriver,
  MemoryStore,
  parseMemoryRules,
  type MemoryDriver,
  type MemoryRules,
} from '@harborage/memory'

/** A store with one fault on purpose, so that the suite can be seen to find it. */
export interface BrokenStore {
  /** Completes the sentence "a store that …". */
  readonly fault: string
  /** Opens a store on conversations that outlive it; called anew for each store of a case. */
  readonly open: (records: InMemoryMemoryDriver, rules: MemoryRules) => MemoryStore
}

/** A store that is broken by its driver. */
export function brokenDriver(
  fault: string,
  Driver: new (records: InMemoryMemoryDriver) => MemoryDriver,
): BrokenStore {
  return {
    fault,
    open: (records, rules) =>
      new MemoryStore(new Driver(records), { rules: parseMemoryRules(rules) }),
  }
}

/** A store that is broken in its public class. */
export function brokenStore(fault: string, Store: typeof MemoryStore): BrokenStore {
  return { fault, open: (records, rules) => new Store(records, { rules: parseMemoryRules(rules) }) }
}

/** A store that keeps other rules than it was given. */
export function brokenRules(
  fault: string,
  change: (rules: MemoryRules) => MemoryRules,
): BrokenStore {
  return {
    fault,
    open: (records, rules) => new MemoryStore(records, { rules: parseMemoryRules(change(rules)) }),
  }
}

/** Keeps its conversations when a store is closed, and so counts as durable. */
class LastingDriver extends InMemoryMemoryDriver {
  override async close(): Promise<void> {}
}

/** How the suite opens a broken store: durable and shared, so that no case is left out. */
export function harnessOf({ open }: Pick<BrokenStore, 'open'>): MemoryHarness {
  const records = new LastingDriver()
  return {
    open: async (rules) => open(records, rules),
    durable: true,
    histories: { runs: 30, seed: 20_240_229 },
  }
}
