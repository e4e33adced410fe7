import type { Summarizer } from '@harborage/memory'

import { summaryOfNames } from './numbered-turns.ts'

/** Lists the turns it was given, at once. */
export const reliableSummarizer: Summarizer = {
  async summarize(_identity, { previousSummary, turns }) {
    const names = turns.map((turn) => turn.userMessage)
    return { summary: summaryOfNames(previousSummary, names) }
  },
}
