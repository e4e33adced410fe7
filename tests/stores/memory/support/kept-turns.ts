import { createEventBus } from '@harborage/core'
import type { ConversationTurn, MemoryRules } from '@harborage/memory'

/** Returns a turn of an ordinary size, about 1 KiB. */
export function ordinaryTurn(number: number): ConversationTurn {
  return {
    userMessage: `question ${number}: ${'where is it? '.repeat(20)}`,
    assistantResponse: `answer ${number}: ${'it is on the way to you. '.repeat(28)}`,
  }
}

/** The ways in which turns pile up. */
export const pilingRules: readonly { readonly name: string; readonly rules: MemoryRules }[] = [
  {
    name: 'truncation without a budget',
    rules: { strategy: 'truncation', bus: createEventBus() },
  },
  {
    name: 'rolling_summary with a summarizer that hangs',
    rules: {
      strategy: 'rolling_summary',
      summarizer: { summarize: () => Promise.withResolvers<never>().promise },
      summarizerTimeoutMs: 3_600_000,
      closeGraceMs: 0,
      bus: createEventBus(),
    },
  },
  {
    name: 'rolling_summary, degraded',
    rules: {
      strategy: 'rolling_summary',
      summarizer: { summarize: () => Promise.reject(new Error('the model is gone')) },
      retryAttempts: 0,
      degradedRetryMs: 3_600_000,
      recoveryBacklogMax: Number.MAX_SAFE_INTEGER,
      bus: createEventBus(),
    },
  },
]
