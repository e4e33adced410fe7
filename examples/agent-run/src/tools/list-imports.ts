import { z } from 'zod'
import { describeTally, tally } from './tally.ts'
import { defineTool, type Tool } from './tool.ts'

const MOST_IMPORTS = 100
const FROM = /\b(?:from|import|require)\b\s*\(?\s*(['"])([^'"\n]+)\1/g

export const listImports: Tool = defineTool({
  name: 'list_imports',
  endings: ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'],
  output: z.object({ modules: z.array(z.string()) }),
  use: ({ text }) => {
    const modules = new Set([...text.matchAll(FROM)].map(([, , name = '']) => name))
    return { modules: [...modules].sort().slice(0, MOST_IMPORTS) }
  },
  summarize: (outputs) =>
    describeTally(
      tally(outputs.flatMap(({ modules }) => modules.filter((name) => !name.startsWith('.')))),
    ) || 'no imports of other packages',
})
