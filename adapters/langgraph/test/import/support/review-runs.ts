import { Command } from '@langchain/langgraph'
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint'
import { reviewGraph } from './review-graph.ts'
import { ofThread } from './tuples.ts'

/** What the graph is given one after the other, from the beginning of a thread to its end. */
const inputs: readonly Input[] = [{ log: ['in'] }, ...['A', 'B', 'C'].map(resumeWith)]

type Input = Parameters<ReturnType<typeof reviewGraph>['invoke']>[0]

function resumeWith(resume: string): Input {
  return new Command<string, Record<string, never>, '__start__'>({ resume })
}

/** The number of runs from the beginning of a thread to its end. */
export const RUNS: number = inputs.length

/**
 * Bytes within a value. LangGraph's savers return those that are a value of their own as a Buffer,
 * or not at all.
 */
export const NOTE: unknown = new Map([['bytes', new Uint8Array([0, 255])]])

/** Does some of the runs of a thread. */
export async function doRuns(
  saver: BaseCheckpointSaver,
  threadId: string,
  { from = 0, to = RUNS, note = NOTE }: { from?: number; to?: number; note?: unknown } = {},
): Promise<void> {
  const graph = reviewGraph(saver, note)
  for (const input of inputs.slice(from, to)) await graph.invoke(input, ofThread(threadId))
}
