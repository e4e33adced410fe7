import { Annotation, END, interrupt, Send, START, StateGraph } from '@langchain/langgraph'
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint'

const State = Annotation.Root({
  log: Annotation<string[]>({ reducer: (log, more) => [...log, ...more], default: () => [] }),
  note: Annotation<unknown>(),
})

/** Bytes that are no text. */
export const BYTES: Uint8Array = new Uint8Array([0, 255, 254, 10])

/**
 * Returns a graph that has all that a thread may hold: a node that asks twice, tasks that are sent,
 * a subgraph that asks, and values that are no JSON. It names what it did in `log`.
 *
 * @param note What it notes: bytes by default, which LangGraph's MemorySaver cannot hold.
 */
export function reviewGraph(checkpointer: BaseCheckpointSaver, note: unknown = BYTES) {
  const sub = new StateGraph(State)
    .addNode('inner', () => ({ log: [`inner ${String(interrupt('inside?'))}`] }))
    .addEdge(START, 'inner')
    .compile()
  return new StateGraph(State)
    .addNode('read', () => ({ log: ['read'], note }))
    .addNode('ask', () => {
      const answers = [interrupt('first?'), interrupt('second?')]
      return { log: [`ask ${answers.join(' ')}`], note: new Map([['a', new Set([1])]]) }
    })
    .addNode('part', ({ log }: typeof State.State) => ({ log: log.map((line) => `part ${line}`) }))
    .addNode('sub', sub)
    .addNode('end', () => ({ log: ['end'] }))
    .addEdge(START, 'read')
    .addConditionalEdges(
      'read',
      () => ['ask', new Send('part', { log: ['1'] }), new Send('part', { log: ['2'] })],
      ['ask', 'part'],
    )
    .addEdge('ask', 'sub')
    .addEdge('sub', 'end')
    .addEdge('end', END)
    .compile({ checkpointer })
}
