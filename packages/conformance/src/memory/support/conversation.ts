import assert from 'node:assert/strict'
import { newEventId, type RunIdentity } from '@harborage/core'
import type { ConversationTurn, LlmContextPatch, MemoryStore } from '@harborage/memory'
import { SEPARATOR } from './summarizers.ts'

/** Returns a turn with this user message and a new id. */
export function newTurn(text: string): ConversationTurn {
  return { turnId: newEventId(), userMessage: text, assistantResponse: `answer to ${text}` }
}

/** Returns numbered texts, from the first number to the last. */
export function numberedTexts(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `turn ${first + index}`)
}

/** Adds turns with these user messages, one after the other. */
export async function addTurns(
  store: MemoryStore,
  identity: RunIdentity,
  texts: readonly string[],
): Promise<void> {
  for (const text of texts) await store.addTurn(identity, newTurn(text))
}

/** Returns the user messages of the turns that are not folded. */
export function recentTexts({ recentTurns }: LlmContextPatch): string[] {
  return recentTurns.map(({ userMessage }) => userMessage)
}

/** Returns the user messages that a concatenating summarizer has folded. */
export function foldedTexts({ summary }: LlmContextPatch): string[] {
  return summary.split(SEPARATOR).filter((text) => text !== '')
}

/** Resolves to all user messages, folded by a concatenating summarizer or not, in their order. */
export async function heldTexts(store: MemoryStore, identity: RunIdentity): Promise<string[]> {
  const context = await store.getLlmContext(identity)
  return [...foldedTexts(context), ...recentTexts(context)]
}

/** Checks that a conversation holds exactly these turns, in this order. */
export async function assertHolds(
  store: MemoryStore,
  identity: RunIdentity,
  texts: readonly string[],
): Promise<void> {
  assert.deepEqual(await heldTexts(store, identity), texts)
}
