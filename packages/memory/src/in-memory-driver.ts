import type { RunIdentity } from '@harborage/core'
import { conversationKey } from './internal/conversation-key.ts'
import type {
  Conversation,
  HeldMemory,
  KeptTurn,
  Look,
  MemoryChange,
  MemoryDriver,
  MemoryHeader,
} from './memory-driver.ts'

/**
 * Keeps the conversations of one process in memory, without durability: the default driver, and the model that every
 * other driver is checked against.
 */
export class InMemoryMemoryDriver implements MemoryDriver {
  readonly #conversations = new Map<string, Kept>()

  async read(identity: Required<RunIdentity>): Promise<Conversation> {
    const kept = this.#conversations.get(conversationKey(identity))
    if (kept === undefined) return { header: undefined, summary: '', turns: [] }
    // The turns are changed in place, and whoever reads them takes its time.
    return { ...kept, turns: [...kept.turns] }
  }

  async readHeader(identity: Required<RunIdentity>): Promise<MemoryHeader | undefined> {
    return this.#conversations.get(conversationKey(identity))?.header
  }

  async change<Result>(
    identity: Required<RunIdentity>,
    { oldestTurns = noTurns, summary: wantsSummary = false }: Look,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    const key = conversationKey(identity)
    const kept = this.#conversations.get(key)
    const change = decide({
      header: kept?.header,
      summary: wantsSummary ? (kept?.summary ?? '') : '',
      oldest: kept?.turns.slice(0, oldestTurns(kept.header)) ?? [],
    })
    const { header, summary = kept?.summary ?? '', append = [], removeThrough } = change
    if (header === undefined) return change.result
    const turns = kept?.turns ?? []
    if (removeThrough !== undefined) removeTurns(turns, removeThrough)
    for (const turn of append) turns.push(turn)
    this.#conversations.set(key, { header, summary, turns })
    return change.result
  }

  async close(): Promise<void> {
    this.#conversations.clear()
  }
}

interface Kept {
  readonly header: MemoryHeader
  readonly summary: string
  /** In their order. */
  readonly turns: KeptTurn[]
}

const noTurns = (): number => 0

function removeTurns(turns: KeptTurn[], through: number): void {
  const firstKept = turns.findIndex(({ position }) => position > through)
  turns.splice(0, firstKept === -1 ? turns.length : firstKept)
}
