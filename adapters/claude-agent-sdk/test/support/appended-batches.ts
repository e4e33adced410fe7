import type { SessionStoreEntry } from '@anthropic-ai/claude-agent-sdk'

import { message, title } from './entries.ts'

/** Returns the entries of a batch of a writer, one of them without a uuid. */
export function batchOf(writer: number, batch: number): SessionStoreEntry[] {
  return [
    message(`${writer}.${batch}.0`),
    title(`${writer}.${batch}.1`),
    message(`${writer}.${batch}.2`, { lastPrompt: `${writer}.${batch}` }),
  ]
}
