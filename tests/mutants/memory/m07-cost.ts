import type { RunIdentity } from '@harborage/core'
import type { HeldMemory, MemoryChange, ReadSet } from '@harborage/memory'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Writes the whole conversation as one text with each change. */
class WholesaleDriver extends DelegatingDriver {
  protected document = ''

  override async change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    const result = await super.change(identity, readSet, decide)
    this.document = JSON.stringify(await this.records.read(identity))
    return result
  }
}

export const costFaults: readonly BrokenStore[] = [
  brokenDriver('writes the whole conversation with each turn', WholesaleDriver),
]
