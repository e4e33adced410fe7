import { CALL_MS_OF_VARIANT } from '@harborage/test-kit/measure'
import type { MemoryHarness } from '@harborage/conformance/memory'
import {
  InMemoryMemoryDriver,
  MemoryStore,
  parseMemoryRules,
  type MemoryDriver,
  type MemoryRules,
} from '@harborage/memory'

/** A store with a deliberate fault, which the suite has to find. */
export interface BrokenStore {
  /** Completes the sentence "a store that …". */
  readonly fault: string
  /** Opens a store on conversations that outlive it; called for each store of a case. */
  readonly open: (records: InMemoryMemoryDriver, rules: MemoryRules) => MemoryStore
}

/** Returns a store that is broken by its driver. */
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

/** Returns a store that is broken in its public class. */
export function brokenStore(fault: string, Store: typeof MemoryStore): BrokenStore {
  return { fault, open: (records, rules) => new Store(records, { rules: parseMemoryRules(rules) }) }
}

/** Returns a store with other rules than it was given. */
export function brokenRules(
  fault: string,
  change: (rules: MemoryRules) => MemoryRules,
): BrokenStore {
  return {
    fault,
    open: (records, rules) => new MemoryStore(records, { rules: parseMemoryRules(change(rules)) }),
  }
}

/** Keeps its conversations when a store is closed, so it counts as durable. */
class LastingDriver extends InMemoryMemoryDriver {
  override async close(): Promise<void> {}
}

/** Returns the harness of a broken store: durable and shared, so that no case is left out. */
export function harnessOf({ open }: Pick<BrokenStore, 'open'>): MemoryHarness {
  const records = new LastingDriver()
  return {
    open: async (rules) => open(records, rules),
    durable: true,
    callMs: CALL_MS_OF_VARIANT,
    histories: { runs: 30, seed: 20_240_229 },
  }
}
