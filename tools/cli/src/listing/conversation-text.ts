import type { MemoryHeader } from '@harborage/memory'
import { countOf } from '../output/quantities.ts'

/** Returns what a line of `--json` has of a conversation. */
export function conversationFields(header: MemoryHeader): Readonly<Record<string, unknown>> {
  const { strategy, turns, tokens, health, failures } = header
  return { strategy, turns, tokens, health, failures }
}

/** Returns a conversation in a few words. */
export function conversationText({ strategy, turns, tokens, health }: MemoryHeader): string {
  return `${strategy}, ${countOf(turns, 'turn')}, ${countOf(tokens, 'token')}, ${health}`
}
