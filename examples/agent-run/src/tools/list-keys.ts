import { z } from 'zod'
import { describeTally, tally } from './tally.ts'
import { defineTool, type Tool } from './tool.ts'

const MOST_KEYS = 100

export const listKeys: Tool = defineTool({
  name: 'list_keys',
  endings: ['.json'],
  output: z.object({ valid: z.boolean(), keys: z.array(z.string()) }),
  use: ({ text }) => {
    try {
      const value: unknown = JSON.parse(text)
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
      return { valid: true, keys: isObject ? Object.keys(value).slice(0, MOST_KEYS) : [] }
    } catch {
      return { valid: false, keys: [] }
    }
  },
  summarize: (outputs) =>
    describeTally(tally(outputs.flatMap(({ keys }) => keys))) || 'no objects at the top level',
})
