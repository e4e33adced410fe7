import type { Summarizer } from '@harborage/memory'

import { reliableSummarizer } from './reliable-summarizer.ts'

/** The outcome of one call. */
export type Fate = 'succeeds' | 'fails' | 'hangs'

/** A summarizer whose calls have scripted outcomes, and the times of its calls. */
export interface ScriptedSummarizer extends Summarizer {
  readonly calledAt: readonly number[]
}

/** @param fates Of the first calls; those after them succeed. */
export function scriptedSummarizer(fates: readonly Fate[]): ScriptedSummarizer {
  const calledAt: number[] = []
  return {
    calledAt,
    async summarize(...request) {
      const fate = fates[calledAt.length] ?? 'succeeds'
      calledAt.push(Date.now())
      if (fate === 'hangs') return Promise.withResolvers<never>().promise
      if (fate === 'fails') throw new Error('the model is overloaded')
      return reliableSummarizer.summarize(...request)
    },
  }
}
