import { setTimeout as delay } from 'node:timers/promises'

import type { Summarizer } from '@harborage/memory'

import { faultsInOrder, namesIn, summaryOfNames } from './numbered-turns.ts'

export interface SummarizerWatch {
  /** Called when it begins, and once more with what is wrong if it was given anything out of order. */
  began(): void
  wasGiven(faults: readonly string[]): void
}

/**
 * Lists the turns it was given. It takes its time, fails now and then, sometimes never answers, and checks that the
 * summary it continues ends exactly where its turns begin.
 */
export function unreliableSummarizer(random: () => number, watch: SummarizerWatch): Summarizer {
  return {
    async summarize(_identity, { previousSummary, turns }) {
      watch.began()
      const names = turns.map((turn) => turn.userMessage)
      watch.wasGiven(faultsInOrder([...namesIn(previousSummary), ...names]))
      const luck = random()
      if (luck < 0.02) await neverAnswers()
      await delay(random() * 12)
      if (luck < 0.2) throw new Error('the model is overloaded')
      return { summary: summaryOfNames(previousSummary, names) }
    },
  }
}

/** Not even to its signal. */
async function neverAnswers(): Promise<void> {
  await Promise.withResolvers<void>().promise
}
