import type { Summarizer, SummaryRequest } from '@harborage/memory'

/** What a concatenating summarizer writes behind each text. */
export const SEPARATOR = ';'

/** Writes down every text that it is given, so that what was folded can be read off the summary. */
export function concatenated({ previousSummary, turns }: SummaryRequest): string {
  return previousSummary + turns.map(({ userMessage }) => userMessage + SEPARATOR).join('')
}

export const concatenating: Summarizer = {
  async summarize(_identity, request) {
    return { summary: concatenated(request) }
  },
}

/** Fails so many times, then concatenates. */
export function failing(times: number): Summarizer {
  let left = times
  return {
    async summarize(_identity, request) {
      if (left > 0) {
        left -= 1
        throw new Error('the model is overloaded')
      }
      return { summary: concatenated(request) }
    },
  }
}

/** Answers whatever it is told to, also what no summarizer may. */
export function answering(answer: () => unknown): Summarizer {
  return {
    // What is wrong with the answer is what the case is about.
    summarize: () => answer() as ReturnType<Summarizer['summarize']>,
  }
}
