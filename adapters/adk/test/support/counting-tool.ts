import { FunctionTool } from '@google/adk'

/** Counts its calls in the state of all three levels, and saves an artifact. */
export const countingTool = new FunctionTool({
  name: 'count',
  description: 'Counts.',
  execute: async (_, context) => {
    if (context === undefined) throw new Error('a tool is called with a context')
    const { state } = context
    const count = (state.get<number>('count') ?? 0) + 1
    for (const prefix of ['', 'user:', 'app:', 'temp:']) state.set(`${prefix}count`, count)
    const version = await context.saveArtifact('count.txt', { text: `${count}` })
    return { count, version }
  },
})
