import { newEventId, parseEventId, type EventId, type RunIdentity } from '@harborage/core'
import { parseJsonObject } from '@harborage/core/kit'
import {
  InMemoryMemoryDriver,
  MemoryStore,
  parseMemoryRules,
  SNAPSHOT_TURN_IDS,
  type Conversation,
  type HeldMemory,
  type MemoryChange,
  type ReadSet,
} from '@harborage/memory'
import { turns } from '@harborage/test-kit/turns'
import { brokenDriver, brokenRules, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Reads, decides and writes, without a check for concurrent writes. */
class RacingDriver extends DelegatingDriver {
  override async change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    const { header, summary, turns: kept } = await this.records.read(identity)
    const change = decide({
      header,
      summary,
      exists: header !== undefined,
      oldest: kept.slice(0, readSet.oldestTurns?.(header) ?? 0),
      remembered: undefined,
      mayBeApplied: false,
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
      : { ...change, header: { ...change.header, turnIds: [] }, remember: [] }
  }
}

/** Remembers only the ids of the turns that it still holds. */
class ForgettingFoldedIds extends DelegatingDriver {
  override async change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    const { turns: kept } = await this.records.read(identity)
    const ids = new Set(kept.map(({ text }) => parseJsonObject(text)['turnId']))
    return super.change(identity, readSet, (held) => {
      const { header, remembered } = held
      return decide({
        ...held,
        header: header && { ...header, turnIds: header.turnIds.filter((id) => ids.has(id)) },
        remembered: remembered && ids.has(remembered.turnId) ? remembered : undefined,
      })
    })
  }
}

/** Searches a turn id only among the newest ones. */
class ShortSightedDriver extends DelegatingDriver {
  override change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    return super.change(identity, readSet, (held) => decide({ ...held, remembered: undefined }))
  }
}

/** Confuses ids with the same beginning. */
class ConfusingDriver extends DelegatingDriver {
  override change<Result>(
    identity: Required<RunIdentity>,
    { turnId, ...readSet }: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    const short = (id: EventId): EventId => parseEventId(id.slice(0, 8))
    const cut = turnId === undefined ? readSet : { ...readSet, turnId: short(turnId) }
    return this.records.change(identity, cut, (held) => {
      const change = decide(held)
      const remember = change.remember?.map((id) => ({ ...id, turnId: short(id.turnId) }))
      return remember === undefined ? change : { ...change, remember }
    })
  }
}

class LosingDriver extends DelegatingDriver {
  override async read(identity: Required<RunIdentity>): Promise<Conversation> {
    const held = await super.read(identity)
    return { ...held, turns: held.turns.filter(({ position }) => position % 20 !== 0) }
  }
}

/** Lets a fold write its result even if its claim was replaced. */
class CredulousDriver extends DelegatingDriver {
  #claims: string[] = []

  override change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    return super.change(identity, readSet, (held) => {
      const own = this.#claims.at(-1)
      const isFolding = decide(held).append === undefined
      const isClaim = isFolding && readSet.summary === true
      const isEnd = isFolding && !isClaim && own !== undefined && held.header !== undefined
      const change = decide(
        isEnd ? { ...held, header: { ...held.header, foldClaimId: own } } : held,
      )
      if (isClaim && change.header?.foldClaimId !== undefined)
        this.#claims.push(change.header.foldClaimId)
      return change
    })
  }
}

export const durabilityFaults: readonly BrokenStore[] = [
  {
    fault: 'keeps all data in the memory of its process',
    open: (_records, rules) =>
      new MemoryStore(new InMemoryMemoryDriver(), { rules: parseMemoryRules(rules) }),
  },
  brokenDriver('lets concurrent calls of addTurn overwrite each other', RacingDriver),
  brokenDriver('remembers no turn ids', ForgettingIds),
  brokenDriver('forgets the ids of folded turns', ForgettingFoldedIds),
  brokenDriver('remembers only the newest turn ids', ShortSightedDriver),
  brokenDriver('confuses turn ids with the same beginning', ConfusingDriver),
  brokenRules('forgets a turn id by the number of later turns alone', (rules) => ({
    ...rules,
    rememberedTurnIdsMs: 0,
  })),
  brokenRules('forgets a turn id as soon as its time is over', (rules) => ({
    ...rules,
    rememberedTurnIds: SNAPSHOT_TURN_IDS,
  })),
  brokenDriver('loses every twentieth turn', LosingDriver),
  brokenDriver('accepts the result of a replaced fold', CredulousDriver),
  brokenRules('never replaces a lost fold', (rules) => ({
    ...rules,
    summarizerTimeoutMs: 100_000,
  })),
  {
    fault: 'treats each retry as a new turn',
    open: (records, rules) => new RenamingStore(records, { rules: parseMemoryRules(rules) }),
  },
]

class RenamingStore extends MemoryStore {
  override addTurn(...[identity, turn, options]: Parameters<MemoryStore['addTurn']>) {
    return super.addTurn(identity, { ...turn, turnId: newEventId() }, options)
  }
}
