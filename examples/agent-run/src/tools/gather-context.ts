import { z } from 'zod'
import { byteSize } from '../account/numbers.ts'
import { defineTool, type Tool } from './tool.ts'

/**
 * Returns what a model would be shown along with a file: its whole folder. It is the same for each
 * file of a folder.
 */
export const gatherContext: Tool = defineTool({
  name: 'gather_context',
  reads: 'folder',
  output: z.object({ text: z.string() }),
  use: ({ text }) => ({ text }),
  summarize: (outputs) => {
    const bytes = outputs.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
    return `${byteSize(bytes)} of text beside the files`
  },
})
