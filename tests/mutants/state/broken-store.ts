import { CALL_MS_OF_VARIANT } from '@harborage/test-kit/measure'
import type { StateHarness } from '@harborage/conformance/state'
import { InMemoryStateDriver, StateStore, type StateDriver } from '@harborage/state'

export type GuaranteeId = `S${number}`

/** A store with a deliberate fault, which the suite has to find. */
export interface BrokenStore {
  /** The guarantee that it breaks. */
  readonly guarantee: GuaranteeId
  /** Completes the sentence "a store that …". */
  readonly fault: string
  /** Opens a store on records that outlive it; called for each store of a case. */
  readonly open: (records: InMemoryStateDriver) => StateStore
}

/** Returns a store that is broken by its driver. */
export function brokenDriver(
  guarantee: GuaranteeId,
  fault: string,
  Driver: new (records: InMemoryStateDriver) => StateDriver,
): BrokenStore {
  return { guarantee, fault, open: (records) => new StateStore(new Driver(records)) }
}

/** Returns a store that is broken in its public class. */
export function brokenStore(
  guarantee: GuaranteeId,
  fault: string,
  Store: new (driver: StateDriver) => StateStore,
): BrokenStore {
  return { guarantee, fault, open: (records) => new Store(records) }
}

/** Keeps its records when a store is closed, so it counts as durable. */
export class LastingDriver extends InMemoryStateDriver {
  override async close(): Promise<void> {}
}

/** Returns the harness of a broken store: durable and shared, so that no case is left out. */
export function harnessOf({ open }: Pick<BrokenStore, 'open'>): StateHarness {
  const records = new LastingDriver()
  return {
    open: async () => open(records),
    openWithoutKindIndex: async () => open(new LastingDriver({ kindIndex: false })),
    durable: true,
    callMs: CALL_MS_OF_VARIANT,
    histories: { runs: 50, seed: 20_240_229 },
  }
}
