import { setTimeout as delay } from 'node:timers/promises'

import type { Summarizer } from '@harborage/memory'

import { faultsInOrder, namesIn, summaryOfNames } from './numbered-turns.ts'

export interface SummarizerWatch {
  /**
   * Reports that a call begins, and what is wrong if its turns are out of order.
   */
  began(): void
  wasGiven(faults: readonly string[]): void
}

/** Later than an impatient replica waits for a claim of another. */
const LATE_MS = 300

/**
 * Lists the turns it was given. It takes its time, fails now and then, sometimes answers late or
 * never, and checks that the summary it continues ends exactly where its turns begin.
 *
 * @param shareOfLate How many of its answers are late, from 0 to 1.
 */
export function unreliableSummarizer(
  random: () => number,
  watch: SummarizerWatch,
  shareOfLate: number,
): Summarizer {
  return {
    async summarize(_identity, { previousSummary, turns }) {
      watch.began()
      const names = turns.map((turn) => turn.userMessage)
      watch.wasGiven(faultsInOrder([...namesIn(previousSummary), ...names]))
      const luck = random()
      if (luck < 0.01) await neverAnswers()
      await delay(luck < 0.01 + shareOfLate ? LATE_MS : random() * 12)
      if (luck > 0.85) throw new Error('the model is overloaded')
      return { summary: summaryOfNames(previousSummary, names) }
    },
  }
}

/** Never resolves, even if its signal is aborted. */
async function neverAnswers(): Promise<void> {
  await Promise.withResolvers<void>().promise
}
