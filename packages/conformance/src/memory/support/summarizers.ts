import type { Summarizer, SummaryRequest } from '@harborage/memory'

/** The text that a concatenating summarizer writes after each user message. */
export const SEPARATOR = ';'

/** Returns a summary of all user messages, from which a case can read what was folded. */
export function concatenated({ previousSummary, turns }: SummaryRequest): string {
  return previousSummary + turns.map(({ userMessage }) => userMessage + SEPARATOR).join('')
}

export const concatenating: Summarizer = {
  async summarize(_identity, request) {
    return { summary: concatenated(request) }
  },
}

/** Returns a summarizer that fails `times` times, then concatenates. */
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

/** Returns a summarizer with this answer, which may be invalid. */
export function answering(answer: () => unknown): Summarizer {
  return {
    // The cast hides that the answer may be invalid, which is what the case is about.
    summarize: () => answer() as ReturnType<Summarizer['summarize']>,
  }
}
