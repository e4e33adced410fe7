import type { RunIdentity } from '@harborage/core'
import { MemoryStore, type HeldMemory, type MemoryChange, type ReadSet } from '@harborage/memory'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Dates every change alike. */
class DatedDriver extends DelegatingDriver {
  protected readonly at: number = 0

  override change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    return super.change(identity, readSet, (held) => decide({ ...held, changedAt: this.at }))
  }
}

class NewDateDriver extends DatedDriver {
  protected override readonly at = 8.64e15
}

class EagerStore extends MemoryStore {
  override prune(
    ...[subtree, given]: Parameters<MemoryStore['prune']>
  ): ReturnType<MemoryStore['prune']> {
    const { dryRun: _, ...options } = given ?? {}
    return super.prune(subtree, options)
  }
}

export const pruneFaults: readonly BrokenStore[] = [
  brokenDriver('takes every conversation for an old one', DatedDriver),
  brokenDriver('takes every conversation for a new one', NewDateDriver),
  brokenStore('removes conversations in a dry run', EagerStore),
]
