import type { Identity } from '@harborage/core'
import type { MemoryStore } from '@harborage/memory'
import { z } from 'zod'
import { numbersInSummary } from './numbering-summarizer.ts'
import { numberOfTurn } from './step-turn.ts'

/** What a runtime finds again of a session's conversation. */
export const recollection = z.object({
  sessionId: z.string(),
  /** The steps that the summary stands for, and those that are there word by word, each in their order. */
  summarized: z.array(z.number()),
  verbatim: z.array(z.number()),
  tokens: z.int(),
})
export type Recollection = z.output<typeof recollection>

/** Asks the memory store for the context with which a session goes on. */
export async function recall(memory: MemoryStore, session: Identity): Promise<Recollection> {
  const { summary, recentTurns, tokens } = await memory.getLlmContext(session)
  return {
    sessionId: session.sessionId,
    summarized: numbersInSummary(summary),
    verbatim: recentTurns.map(numberOfTurn),
    tokens,
  }
}
