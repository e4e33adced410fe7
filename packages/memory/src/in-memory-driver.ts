import type { RunIdentity } from '@harborage/core'
import type {
  Conversation,
  HeldMemory,
  KeptTurn,
  MemoryChange,
  MemoryDriver,
  MemoryHeader,
  OldestTurns,
} from './memory-driver.ts'

/**
 * Keeps the conversations of one process in memory, without durability: the default driver, and the model that every
 * other driver is checked against.
 */
export class InMemoryMemoryDriver implements MemoryDriver {
  readonly #conversations = new Map<string, Conversation>()

  async read(identity: Required<RunIdentity>): Promise<Conversation> {
    const held = this.#conversations.get(keyOf(identity))
    return held === undefined ? nothing : { ...held, turns: [...held.turns] }
  }

  async readHeader(identity: Required<RunIdentity>): Promise<MemoryHeader | undefined> {
    return this.#conversations.get(keyOf(identity))?.header
  }

  async change<Result>(
    identity: Required<RunIdentity>,
    oldest: OldestTurns,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    const key = keyOf(identity)
    const { header, summary, turns } = this.#conversations.get(key) ?? nothing
    const change = decide({ header, summary, oldest: turns.slice(0, oldest(header)) })
    this.#conversations.set(key, {
      header: change.header ?? header,
      summary: change.summary ?? summary,
      turns: [...turnsAfter(turns, change.removeThrough), ...(change.append ?? [])],
    })
    return change.result
  }

  async close(): Promise<void> {
    this.#conversations.clear()
  }
}

const nothing: Conversation = { header: undefined, summary: '', turns: [] }

function turnsAfter(turns: readonly KeptTurn[], position: number | undefined): readonly KeptTurn[] {
  return position === undefined ? turns : turns.filter((turn) => turn.position > position)
}

function keyOf({ tenantId, userId, sessionId, runId }: Required<RunIdentity>): string {
  return JSON.stringify([tenantId, userId, sessionId, runId])
}
