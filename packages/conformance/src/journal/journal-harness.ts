import type { JournalStore } from '@harborage/journal'
import type { Harness } from '../harness.ts'

/**
 * The driver under test: how to open a store on it, and its properties.
 *
 * No case needs an empty backend: each uses its own tenants. The suite does not delete what its
 * cases appended.
 */
export interface JournalHarness extends Harness<JournalStore> {
  readonly open: () => Promise<JournalStore>
}
