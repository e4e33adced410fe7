import { hash } from 'node:crypto'
import { z } from 'zod'
import { defineTool, type Tool } from './tool.ts'

export const digestSha256: Tool = defineTool({
  name: 'digest_sha256',
  output: z.object({ sha256: z.string() }),
  use: ({ bytes }) => ({ sha256: hash('sha256', bytes) }),
  summarize: (outputs) => {
    const different = new Set(outputs.map(({ sha256 }) => sha256)).size
    return `${different} different contents in ${outputs.length} files`
  },
})
