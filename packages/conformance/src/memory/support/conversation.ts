import assert from 'node:assert/strict'
import { newEventId, type RunIdentity } from '@harborage/core'
import type { ConversationTurn, LlmContextPatch, MemoryStore } from '@harborage/memory'
import { SEPARATOR } from './summarizers.ts'

/** A turn in which the user says this, with an id of its own. */
export function newTurn(text: string): ConversationTurn {
  return { turnId: newEventId(), userMessage: text, assistantResponse: `answer to ${text}` }
}

/** Numbered texts, from the first to the last. */
export function numbered(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `turn ${first + index}`)
}

/** Adds turns one after the other. */
export async function say(
  store: MemoryStore,
  identity: RunIdentity,
  texts: readonly string[],
): Promise<void> {
  for (const text of texts) await store.addTurn(identity, newTurn(text))
}

/** What the user said, of what is there word by word. */
export function recentTexts({ recentTurns }: LlmContextPatch): string[] {
  return recentTurns.map(({ userMessage }) => userMessage)
}

/** What the user said, of what a concatenating summarizer has folded. */
export function foldedTexts({ summary }: LlmContextPatch): string[] {
  return summary.split(SEPARATOR).filter((text) => text !== '')
}

/** All that a conversation holds under a concatenating summarizer, in its order. */
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
