import type { Identity } from '@harborage/core'
import type { MemoryStore } from '@harborage/memory'
import { z } from 'zod'
import { numbersInSummary } from './numbering-summarizer.ts'
import { numberOfTurn } from './step-turn.ts'

/** The context of a session's conversation. */
export const recollection = z.object({
  sessionId: z.string(),
  /** The summarized steps, and those that are kept word by word, in order. */
  summarized: z.array(z.number()),
  verbatim: z.array(z.number()),
  tokens: z.int(),
})
export type Recollection = z.output<typeof recollection>

/** Reads the context with which a session continues from the memory store. */
export async function recall(memory: MemoryStore, session: Identity): Promise<Recollection> {
  const { summary, recentTurns, tokens } = await memory.getLlmContext(session)
  return {
    sessionId: session.sessionId,
    summarized: numbersInSummary(summary),
    verbatim: recentTurns.map(numberOfTurn),
    tokens,
  }
}
