import { z } from 'zod'
import { counted } from '../account/numbers.ts'
import { defineTool, type Tool } from './tool.ts'

const MOST_MARKS = 100
const MARK = /\b(TODO|FIXME|HACK|XXX)\b/

export const findMarks: Tool = defineTool({
  name: 'find_marks',
  output: z.object({ marks: z.array(z.object({ line: z.int(), mark: z.string() })) }),
  use: ({ text }) => ({ marks: marksOf(text).slice(0, MOST_MARKS) }),
  summarize: (outputs) => {
    const marks = outputs.reduce((total, output) => total + output.marks.length, 0)
    const files = outputs.filter((output) => output.marks.length > 0).length
    return marks === 0
      ? 'no TODO or FIXME'
      : `${counted(marks, 'mark')} such as TODO in ${counted(files, 'file')}`
  },
})

function marksOf(text: string): { line: number; mark: string }[] {
  return text.split('\n').flatMap((content, index) => {
    const [, mark] = MARK.exec(content) ?? []
    return mark === undefined ? [] : [{ line: index + 1, mark }]
  })
}
