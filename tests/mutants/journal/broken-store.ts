import type { JournalHarness } from '@harborage/conformance/journal'
import { InMemoryJournalDriver, JournalStore, type JournalDriver } from '@harborage/journal'
import { CALL_MS_OF_VARIANT } from '@harborage/test-kit/measure'

type GuaranteeId = `J${number}`

/** A store with a deliberate fault, which the suite has to find. */
export interface BrokenStore {
  /** The guarantee that it breaks. */
  readonly guarantee: GuaranteeId
  /** Completes the sentence "a store that …". */
  readonly fault: string
  /** Opens a store on streams that outlive it; called for each store of a case. */
  readonly open: (records: InMemoryJournalDriver) => JournalStore
}

/** Returns a store that is broken by its driver. */
export function brokenDriver(
  guarantee: GuaranteeId,
  fault: string,
  Driver: new (records: InMemoryJournalDriver) => JournalDriver,
): BrokenStore {
  return { guarantee, fault, open: (records) => new JournalStore(new Driver(records)) }
}

/** Returns a store that is broken in its public class. */
export function brokenStore(
  guarantee: GuaranteeId,
  fault: string,
  Store: new (driver: JournalDriver) => JournalStore,
): BrokenStore {
  return { guarantee, fault, open: (records) => new Store(records) }
}

/** Keeps its streams when a store is closed, so it counts as durable. */
class LastingDriver extends InMemoryJournalDriver {
  override async close(): Promise<void> {}
}

/** Returns the harness of a broken store: durable and shared, so that no case is left out. */
export function harnessOf({ open }: Pick<BrokenStore, 'open'>): JournalHarness {
  const records = new LastingDriver()
  return {
    open: async () => open(records),
    durable: true,
    callMs: CALL_MS_OF_VARIANT,
    histories: { runs: 30, seed: 20_240_229 },
  }
}
