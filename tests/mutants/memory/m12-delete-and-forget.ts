import type { RunIdentity } from '@harborage/core'
import {
  MemoryStore,
  REMOVED_POSITION,
  type ForgetOutcome,
  type HeldMemory,
  type MemoryChange,
  type MemoryHeader,
  type ReadSet,
} from '@harborage/memory'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Returns a driver that changes what is to be applied when a turn is forgotten. */
function forgettingBadly(
  spoil: (change: MemoryChange<unknown>, held: HeldMemory) => Partial<MemoryChange<unknown>>,
): typeof DelegatingDriver {
  return class extends DelegatingDriver {
    protected override spoil<Result>(
      change: MemoryChange<Result>,
      held: HeldMemory,
    ): MemoryChange<Result> {
      if (change.removeAt === undefined) return change
      return { ...change, ...spoil(change, held), result: change.result }
    }
  }
}

/** Returns the change of the header that keeps one of its fields as it was. */
function keeping(field: 'foldClaimId' | 'tokens') {
  return ({ header }: MemoryChange<unknown>, held: HeldMemory): Partial<MemoryChange<unknown>> =>
    header === undefined || held.header === undefined
      ? {}
      : { header: { ...header, [field]: held.header[field] } }
}

/** Knows the id of a removed turn only until as many others have come as any other id. */
class ForgetfulDriver extends DelegatingDriver {
  protected override spoil<Result>(
    change: MemoryChange<Result>,
    { header }: HeldMemory,
  ): MemoryChange<Result> {
    const remember = change.remember?.map((id) =>
      id.position === REMOVED_POSITION ? { ...id, position: header?.nextPosition ?? 1 } : id,
    )
    return remember === undefined ? change : { ...change, remember }
  }
}

/** Deletes the conversation, but keeps the ids of its turns. */
class RememberingDriver extends DelegatingDriver {
  readonly #deleted = new Map<string, MemoryHeader>()

  override change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    const key = JSON.stringify(identity)
    return super.change(identity, readSet, (held) => {
      const change = decide(held)
      if (change.erase === true && held.header !== undefined) this.#deleted.set(key, held.header)
      const known = this.#deleted.get(key)?.turnIds
      const isRetry = readSet.turnId !== undefined && known?.includes(readSet.turnId)
      return isRetry === true ? { result: change.result } : change
    })
  }
}

/** Lets a fold write its result although its conversation was deleted. */
class RevivingDriver extends DelegatingDriver {
  readonly #claimed = new Map<string, MemoryHeader>()

  override change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    const key = JSON.stringify(identity)
    const isEnd = Object.keys(readSet).length === 0
    return super.change(identity, readSet, (held) => {
      const wasDeleted = isEnd && held.header === undefined
      const change = decide(wasDeleted ? { ...held, header: this.#claimed.get(key) } : held)
      if (change.header?.foldClaimId !== undefined) this.#claimed.set(key, change.header)
      return change
    })
  }
}

/** Erases nothing, and says that it did. */
class KeepingDriver extends DelegatingDriver {
  protected override spoil<Result>(change: MemoryChange<Result>): MemoryChange<Result> {
    return change.erase === true ? { result: change.result } : change
  }
}

class AgreeableStore extends MemoryStore {
  override async delete(...args: Parameters<MemoryStore['delete']>): Promise<boolean> {
    await super.delete(...args)
    return true
  }
}

class BoastingStore extends MemoryStore {
  override async forget(...args: Parameters<MemoryStore['forget']>): Promise<ForgetOutcome> {
    const outcome = await super.forget(...args)
    return outcome === 'summarized' ? 'removed' : outcome
  }
}

export const deleteAndForgetFaults: readonly BrokenStore[] = [
  brokenDriver('deletes nothing', KeepingDriver),
  brokenDriver('knows the ids of the turns of a deleted conversation', RememberingDriver),
  brokenDriver('lets a fold bring back a deleted conversation', RevivingDriver),
  brokenStore('says of each deletion that there was a conversation', AgreeableStore),
  brokenDriver(
    'does not remove a forgotten turn',
    forgettingBadly(() => ({ removeAt: [] })),
  ),
  brokenDriver(
    'removes the turns before a forgotten one as well',
    forgettingBadly(({ removeAt = [] }) => ({ removeThrough: Math.max(...removeAt) })),
  ),
  brokenDriver('brings back a forgotten turn at a late retry', ForgetfulDriver),
  brokenDriver('lets a fold summarize a forgotten turn', forgettingBadly(keeping('foldClaimId'))),
  brokenDriver('counts the tokens of a forgotten turn', forgettingBadly(keeping('tokens'))),
  brokenStore('says of a turn in the summary that it was removed', BoastingStore),
]
