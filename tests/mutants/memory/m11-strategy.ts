import type { RunIdentity } from '@harborage/core'
import type { HeldMemory, MemoryChange, MemoryHeader, ReadSet, Strategy } from '@harborage/memory'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Returns no header except for a change. */
class SilentDriver extends DelegatingDriver {
  override async readHeader(): Promise<MemoryHeader | undefined> {
    return undefined
  }
}

/** Keeps the first strategy of a conversation, even after a conversion or a reset. */
class StubbornDriver extends DelegatingDriver {
  protected override spoil<Result>(
    change: MemoryChange<Result>,
    { header }: HeldMemory,
  ): MemoryChange<Result> {
    if (header === undefined || change.header === undefined) return change
    return { ...change, header: { ...change.header, strategy: header.strategy } }
  }
}

/** Does not store the strategy: a conversation has the one that was used last. */
class ObligingDriver extends DelegatingDriver {
  #last: Strategy | undefined

  override change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    return super.change(identity, readSet, (held) => {
      const fresh = decide({ ...held, header: undefined })
      this.#last = fresh.header?.strategy ?? this.#last
      const { header } = held
      if (header === undefined || this.#last === undefined) return decide(held)
      return decide({ ...held, header: { ...header, strategy: this.#last } })
    })
  }
}

/** Erases nothing. */
class KeepingDriver extends DelegatingDriver {
  protected override spoil<Result>(change: MemoryChange<Result>): MemoryChange<Result> {
    return change.erase === true ? { result: change.result } : change
  }
}

/** Erases the turns, but not the header. */
class HalfErasingDriver extends DelegatingDriver {
  protected override spoil<Result>(
    change: MemoryChange<Result>,
    { header }: HeldMemory,
  ): MemoryChange<Result> {
    if (change.erase !== true || header === undefined) return change
    return { result: change.result, header, removeThrough: Number.MAX_SAFE_INTEGER }
  }
}

/** Returns no summary for a conversion. */
class ForgetfulDriver extends DelegatingDriver {
  override change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    return super.change(identity, readSet, (held) => {
      const change = decide(held)
      const isConversion = change.header?.strategy === 'truncation' && held.summary !== ''
      return isConversion ? decide({ ...held, summary: '' }) : change
    })
  }
}

/** Appends turns before it removes others. */
class DisorderlyDriver extends DelegatingDriver {
  protected override spoil<Result>(change: MemoryChange<Result>): MemoryChange<Result> {
    const { append = [], removeThrough } = change
    if (removeThrough === undefined) return change
    return { ...change, append: append.filter(({ position }) => position > removeThrough) }
  }
}

/** Forgets the ids of all turns that it removes, even if they are appended again. */
class ThoroughDriver extends DelegatingDriver {
  readonly #removed = new Map<number, number>()

  override change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    return super.change(identity, readSet, (held) => {
      const { header, remembered } = held
      const through = this.#removed.get(header?.lineage ?? 0) ?? 0
      const isGone = remembered !== undefined && remembered.position <= through
      const change = decide(isGone ? { ...held, remembered: undefined } : held)
      if (header !== undefined && change.removeThrough !== undefined) {
        const last = Math.min(change.removeThrough, header.nextPosition - 1)
        this.#removed.set(header.lineage, Math.max(last, through))
      }
      return change
    })
  }
}

export const strategyFaults: readonly BrokenStore[] = [
  brokenDriver('returns no header to a store with the strategy none', SilentDriver),
  brokenDriver('never changes a strategy', StubbornDriver),
  brokenDriver('lets each store change the strategy', ObligingDriver),
  brokenDriver('does not erase', KeepingDriver),
  brokenDriver('erases the turns, but not the header', HalfErasingDriver),
  brokenDriver('loses the summary when the strategy changes', ForgetfulDriver),
  brokenDriver('removes the turns that it has just appended', DisorderlyDriver),
  brokenDriver('forgets the ids of turns that it removes', ThoroughDriver),
]
