import type { Identity } from '@harborage/core'
import { estimateByBytes, type ConversationTurn, type MemoryStore } from '@harborage/memory'

import type { RecordedConversation } from './conversations.ts'

/** What became of a conversation, in tokens of its turns. */
export interface Replay {
  readonly identity: Identity
  readonly turns: number
  readonly said: number
  /** Word by word in the context. */
  readonly kept: number
  /** Older than that, where there is a summary. */
  readonly folded: number
  /** Of the summary itself. */
  readonly summary: number
  /** Older than what is kept, where there is none. */
  readonly dropped: number
  /** The largest context after any turn. */
  readonly peak: number
}

/** Holds a conversation, looking at the context after each of its turns as a runtime does. */
export async function replayConversation(
  memory: MemoryStore,
  { identity, turns }: RecordedConversation,
): Promise<Replay> {
  let peak = 0
  for (const turn of turns) {
    await memory.addTurn(identity, turn)
    peak = Math.max(peak, (await memory.getLlmContext(identity)).tokens)
  }
  await memory.settled()
  const context = await memory.getLlmContext(identity)
  const said = tokensOf(turns)
  const kept = tokensOf(context.recentTurns)
  const summary = context.summary === '' ? 0 : estimateByBytes(context.summary)
  const folded =
    context.summary === '' ? 0 : tokensOf(turns.slice(0, -context.recentTurns.length || undefined))
  return {
    identity,
    turns: turns.length,
    said,
    kept,
    folded,
    summary,
    dropped: said - kept - folded,
    peak: Math.max(peak, context.tokens),
  }
}

export function tokensOf(turns: readonly ConversationTurn[]): number {
  return turns.reduce(
    (tokens, { userMessage, assistantResponse }) =>
      tokens + estimateByBytes(userMessage) + estimateByBytes(assistantResponse),
    0,
  )
}
