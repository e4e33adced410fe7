import { z } from 'zod'
import { defineTool, type Tool } from './tool.ts'
import { grouped } from '../account/numbers.ts'

export const countWords: Tool = defineTool({
  name: 'count_words',
  output: z.object({ lines: z.int(), words: z.int(), bytes: z.int() }),
  use: ({ bytes, text }) => ({
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    words: text.match(/\S+/g)?.length ?? 0,
    bytes: bytes.byteLength,
  }),
  summarize: (outputs) => {
    const sum = (part: 'lines' | 'words'): string =>
      grouped(outputs.reduce((total, output) => total + output[part], 0))
    return `${sum('lines')} lines and ${sum('words')} words`
  },
})
