import { newEventId, type RunIdentity } from '@harborage/core'
import {
  InMemoryMemoryDriver,
  MemoryStore,
  parseMemoryRules,
  type Conversation,
  type HeldMemory,
  type MemoryChange,
  type Look,
} from '@harborage/memory'
import { brokenDriver, brokenRules, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { turns } from '../support/turns.ts'

/** Reads, thinks and writes, and does not notice what others write meanwhile. */
class RacingDriver extends DelegatingDriver {
  override async change<Result>(
    identity: Required<RunIdentity>,
    look: Look,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    const { header, summary, turns: kept } = await this.records.read(identity)
    const change = decide({
      header,
      summary,
      oldest: kept.slice(0, look.oldestTurns?.(header) ?? 0),
    })
    await turns(1)
    await this.records.change(identity, {}, () => change)
    return change.result
  }
}

class ForgettingIds extends DelegatingDriver {
  protected override spoil<Result>(change: MemoryChange<Result>): MemoryChange<Result> {
    return change.header === undefined
      ? change
      : { ...change, header: { ...change.header, turnIds: [] } }
  }
}

/** Remembers the ids of the turns that it still has, and no others. */
class ForgettingFoldedIds extends DelegatingDriver {
  protected override spoil<Result>(change: MemoryChange<Result>): MemoryChange<Result> {
    const { header, removeThrough } = change
    if (header === undefined || removeThrough === undefined) return change
    return { ...change, header: { ...header, turnIds: header.turnIds.slice(0, header.turns) } }
  }
}

class LosingDriver extends DelegatingDriver {
  override async read(identity: Required<RunIdentity>): Promise<Conversation> {
    const held = await super.read(identity)
    return { ...held, turns: held.turns.filter(({ position }) => position % 20 !== 0) }
  }
}

/** Lets whoever folds write, whether or not its claim still stands. */
class CredulousDriver extends DelegatingDriver {
  #claims: string[] = []

  override change<Result>(
    identity: Required<RunIdentity>,
    look: Look,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    return super.change(identity, look, (held) => {
      const own = this.#claims.at(-1)
      const isFolding = decide(held).append === undefined
      const isClaim = isFolding && look.summary === true
      const isEnd = isFolding && !isClaim && own !== undefined && held.header !== undefined
      const change = decide(isEnd ? { ...held, header: { ...held.header, folder: own } } : held)
      if (isClaim && change.header?.folder !== undefined) this.#claims.push(change.header.folder)
      return change
    })
  }
}

export const durabilityFaults: readonly BrokenStore[] = [
  {
    fault: 'keeps everything in the memory of its process',
    open: (_records, rules) => new MemoryStore(new InMemoryMemoryDriver(), parseMemoryRules(rules)),
  },
  brokenDriver('lets two who add at once overwrite each other', RacingDriver),
  brokenDriver('remembers no turn ids', ForgettingIds),
  brokenDriver('forgets the ids of folded turns', ForgettingFoldedIds),
  brokenDriver('loses every twentieth turn', LosingDriver),
  brokenDriver('believes a folder that was given up', CredulousDriver),
  brokenRules('never gives a folder up', (rules) => ({ ...rules, summarizerTimeoutMs: 100_000 })),
  {
    fault: 'takes each retry for a new turn',
    open: (records, rules) => new RenamingStore(records, parseMemoryRules(rules)),
  },
]

class RenamingStore extends MemoryStore {
  override addTurn(...[identity, turn, options]: Parameters<MemoryStore['addTurn']>) {
    return super.addTurn(identity, { ...turn, turnId: newEventId() }, options)
  }
}
