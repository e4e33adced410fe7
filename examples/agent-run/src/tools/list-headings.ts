import { z } from 'zod'
import { defineTool, type Tool } from './tool.ts'

const MOST_HEADINGS = 100

export const listHeadings: Tool = defineTool({
  name: 'list_headings',
  endings: ['.md', '.markdown'],
  output: z.object({ headings: z.array(z.object({ level: z.int(), title: z.string() })) }),
  use: ({ text }) => ({ headings: headingsOf(text).slice(0, MOST_HEADINGS) }),
  summarize: (outputs) =>
    `${outputs.reduce((total, { headings }) => total + headings.length, 0)} headings`,
})

function headingsOf(text: string): { level: number; title: string }[] {
  const headings: { level: number; title: string }[] = []
  let inCode = false
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('```')) inCode = !inCode
    const [, marks, title] = inCode ? [] : (/^(#{1,6}) +(.+)$/.exec(line) ?? [])
    if (marks !== undefined && title !== undefined) headings.push({ level: marks.length, title })
  }
  return headings
}
