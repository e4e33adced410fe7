import type { RunIdentity } from '@harborage/core'
import type { Conversation, HeldMemory, KeptTurn, MemoryChange, ReadSet } from '@harborage/memory'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

const TEXT_COLUMN_BYTES = 2 ** 16 - 1

class ThousandTurnsDriver extends DelegatingDriver {
  override async read(identity: Required<RunIdentity>): Promise<Conversation> {
    const held = await super.read(identity)
    return { ...held, turns: held.turns.slice(0, 1_000) }
  }
}

/** Adds only the first turns of a larger batch. */
class BatchOfTurnsDriver extends DelegatingDriver {
  protected override spoil<Result>(change: MemoryChange<Result>): MemoryChange<Result> {
    return change.append === undefined
      ? change
      : { ...change, append: change.append.slice(0, 1_000) }
  }
}

class TextColumnForTurnsDriver extends DelegatingDriver {
  protected override spoil<Result>(change: MemoryChange<Result>): MemoryChange<Result> {
    const { append } = change
    if (append === undefined) return change
    return { ...change, append: append.map(cutTurn) }
  }
}

/** Truncates the texts of a turn, so that it stays valid JSON. */
function cutTurn(turn: KeptTurn): KeptTurn {
  if (Buffer.byteLength(turn.text) <= TEXT_COLUMN_BYTES) return turn
  const longest = /"(?<text>[^"]{1000,})"/gu
  return { ...turn, text: turn.text.replaceAll(longest, (text) => `${text.slice(0, 1_000)}"`) }
}

class TextColumnForSummariesDriver extends DelegatingDriver {
  protected override spoil<Result>(change: MemoryChange<Result>): MemoryChange<Result> {
    const { summary } = change
    return summary === undefined
      ? change
      : { ...change, summary: summary.slice(0, TEXT_COLUMN_BYTES) }
  }
}

class NarrowTokensDriver extends DelegatingDriver {
  protected override spoil<Result>(change: MemoryChange<Result>): MemoryChange<Result> {
    const { append } = change
    if (append === undefined) return change
    return { ...change, append: append.map((turn) => ({ ...turn, tokens: turn.tokens >> 0 })) }
  }
}

/** An index whose entries have at most 800 bytes. */
class ShortKeysDriver extends DelegatingDriver {
  override read(identity: Required<RunIdentity>): Promise<Conversation> {
    return super.read(cut(identity))
  }

  override readHeader(identity: Required<RunIdentity>): ReturnType<DelegatingDriver['readHeader']> {
    return super.readHeader(cut(identity))
  }

  override change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    return super.change(cut(identity), readSet, decide)
  }
}

function cut({ tenantId, userId, sessionId, runId }: Required<RunIdentity>): Required<RunIdentity> {
  const room = Math.max(0, 800 - Buffer.byteLength(tenantId + userId + sessionId))
  const kept = Buffer.from(runId).subarray(0, room).toString('latin1')
  return { tenantId, userId, sessionId, runId: kept }
}

/** Caches what it has read, and ignores the writes of other stores. */
class CachingDriver extends DelegatingDriver {
  readonly #cache = new Map<string, Conversation>()

  override async read(identity: Required<RunIdentity>): Promise<Conversation> {
    const held = this.#cache.get(JSON.stringify(identity)) ?? (await super.read(identity))
    this.#cache.set(JSON.stringify(identity), held)
    return held
  }

  override change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    this.#cache.clear()
    return super.change(identity, readSet, decide)
  }
}

/** Faults that only large inputs or several stores reveal. */
export const largeFaults: Readonly<Record<string, readonly BrokenStore[]>> = {
  M1: [brokenDriver('truncates keys at 800 bytes', ShortKeysDriver)],
  M3: [brokenDriver('stores the tokens of a turn in 32 bits', NarrowTokensDriver)],
  M4: [brokenDriver('stores 64 KiB of a summary', TextColumnForSummariesDriver)],
  M5: [brokenDriver('caches conversations that another store changes', CachingDriver)],
  M9: [
    brokenDriver('reads a thousand turns', ThousandTurnsDriver),
    brokenDriver('adds a thousand turns at once', BatchOfTurnsDriver),
  ],
  S7: [brokenDriver('stores 64 KiB of a turn', TextColumnForTurnsDriver)],
}
