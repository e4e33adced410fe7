import type { Summarizer } from '@harborage/memory'
import { appendNumber, numbersIn } from './number-ranges.ts'
import { numberOfTurn } from './step-turn.ts'

const PREFIX = 'steps '

/**
 * Returns a summarizer that wraps another one. It lists the summarized steps in the first line, so
 * that a missing or repeated one can be found.
 */
export function numberingSummarizer(inner: Summarizer): Summarizer {
  return {
    async summarize(identity, { previousSummary, turns }, options) {
      const { ranges, text } = partsOf(previousSummary)
      const request = { previousSummary: text, turns }
      const { summary } = await inner.summarize(identity, request, options)
      const numbered = turns.map(numberOfTurn).reduce(appendNumber, ranges)
      return { summary: `${PREFIX}${numbered}\n${summary}` }
    },
  }
}

/** Returns the steps of a summary, in order. */
export function numbersInSummary(summary: string): number[] {
  return numbersIn(partsOf(summary).ranges)
}

function partsOf(summary: string): { readonly ranges: string; readonly text: string } {
  const [first = '', ...rest] = summary.split('\n')
  return { ranges: first.slice(PREFIX.length), text: rest.join('\n') }
}
