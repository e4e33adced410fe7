import { z } from 'zod'
import { describeTally, mergeTallies, tally } from './tally.ts'
import { defineTool, type Tool } from './tool.ts'

const MOST_WORDS = 8
const WORD = /\p{Letter}{4,}/gu

export const frequentWords: Tool = defineTool({
  name: 'frequent_words',
  output: z.object({ words: z.array(z.tuple([z.string(), z.int()])) }),
  use: ({ text }) => ({
    words: tally(text.toLowerCase().match(WORD) ?? []).slice(0, MOST_WORDS),
  }),
  summarize: (outputs) => describeTally(mergeTallies(outputs.map(({ words }) => words))),
})
