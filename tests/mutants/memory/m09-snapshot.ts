import { isHarborageError, type CallOptions, type RunIdentity } from '@harborage/core'
import {
  MemoryStore,
  type Conversation,
  type HeldMemory,
  type MemoryChange,
  type MemorySnapshot,
  type ReadSet,
} from '@harborage/memory'
import { turns } from '@harborage/test-kit/turns'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

class TolerantStore extends MemoryStore {
  override async restore(
    identity: RunIdentity,
    snapshot: MemorySnapshot,
    options?: CallOptions,
  ): Promise<void> {
    try {
      await super.restore(identity, snapshot, options)
    } catch (error) {
      if (!isHarborageError(error, 'invalid_snapshot')) throw error
    }
  }
}

/** Empties the conversation before it checks the snapshot. */
class HastyStore extends MemoryStore {
  override async restore(
    identity: RunIdentity,
    snapshot: MemorySnapshot,
    options?: CallOptions,
  ): Promise<void> {
    await super.restore(identity, { bytes: new Uint8Array() }, options)
    await super.restore(identity, snapshot, options)
  }
}

class UnsteadyStore extends MemoryStore {
  #count = 0

  override async snapshot(identity: RunIdentity, options?: CallOptions): Promise<MemorySnapshot> {
    const snapshot = await super.snapshot(identity, options)
    this.#count += 1
    const spaces = new TextEncoder().encode(' '.repeat(this.#count))
    return { ...snapshot, bytes: new Uint8Array([...snapshot.bytes, ...spaces]) }
  }
}

class LateStore extends MemoryStore {
  override async restore(...args: Parameters<MemoryStore['restore']>): Promise<void> {
    await turns(1)
    return super.restore(...args)
  }
}

/** Removes the old turns before it writes the new ones, without a transaction. */
class StepwiseDriver extends DelegatingDriver {
  override async change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    let late: MemoryChange<undefined> = { result: undefined }
    const result = await super.change(identity, readSet, (held) => {
      const { append = [], ...change } = decide(held)
      if (append.length < 2 || change.header === undefined) return { ...change, append }
      late = { result: undefined, header: change.header, append }
      return change
    })
    await turns(1)
    await this.records.change(identity, {}, () => late)
    return result
  }
}

class AppendingDriver extends DelegatingDriver {
  protected override spoil<Result>(change: MemoryChange<Result>): MemoryChange<Result> {
    if (change.append === undefined || change.append.length < 2) return change
    const { removeThrough: _, ...rest } = change
    return rest
  }
}

/** Applies a fold that began before a restore. */
class ClaimKeeper extends DelegatingDriver {
  protected override spoil<Result>(
    change: MemoryChange<Result>,
    held: HeldMemory,
  ): MemoryChange<Result> {
    const foldClaimId = held.header?.foldClaimId
    const isRestore = change.summary !== undefined && change.append !== undefined
    if (!isRestore || change.header === undefined || foldClaimId === undefined) return change
    return { ...change, header: { ...change.header, foldClaimId } }
  }
}

class TrimmingDriver extends DelegatingDriver {
  override async read(identity: Required<RunIdentity>): Promise<Conversation> {
    const held = await super.read(identity)
    return { ...held, turns: held.turns.map((turn) => ({ ...turn, text: `${turn.text} ` })) }
  }

  protected override spoil<Result>(change: MemoryChange<Result>): MemoryChange<Result> {
    if (change.header === undefined || change.append === undefined) return change
    return { ...change, header: { ...change.header, turnIds: [] } }
  }
}

export const snapshotFaults: readonly BrokenStore[] = [
  brokenStore('accepts a damaged snapshot', TolerantStore),
  brokenStore('empties the conversation before it checks the snapshot', HastyStore),
  brokenStore('returns other bytes each time', UnsteadyStore),
  brokenStore('reads the bytes of a snapshot too late', LateStore),
  brokenDriver('restores step by step', StepwiseDriver),
  brokenDriver('appends the restored turns', AppendingDriver),
  brokenDriver('applies a fold that began before a restore', ClaimKeeper),
  brokenDriver('forgets the turn ids of a snapshot', TrimmingDriver),
]
