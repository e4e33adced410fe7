import { Annotation, Command, interrupt, StateGraph } from '@langchain/langgraph'
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint'

const Log = Annotation.Root({
  log: Annotation<string[]>({ reducer: (held, added) => held.concat(added), default: () => [] }),
  count: Annotation<number>({ reducer: (_held, next) => next, default: () => 0 }),
  document: Annotation<string>(),
})

/**
 * Returns a graph that goes around between two nodes until `count` is `steps`.
 *
 * @param onStep Called in each node.
 */
export function ring(
  checkpointer: BaseCheckpointSaver,
  steps: number,
  onStep: (state: typeof Log.State) => Promise<void> = async () => {},
) {
  const node = (name: string) => async (state: typeof Log.State) => {
    await onStep(state)
    return { log: [`${name} ${state.count}`], count: state.count + 1 }
  }
  const next = (name: string) => (state: typeof Log.State) =>
    state.count >= steps ? '__end__' : name
  return new StateGraph(Log)
    .addNode('agent', node('agent'))
    .addNode('tools', node('tools'))
    .addEdge('__start__', 'agent')
    .addConditionalEdges('agent', next('tools'))
    .addConditionalEdges('tools', next('agent'))
    .compile({ checkpointer })
}

/** The state of the graphs. */
export interface LogState {
  readonly log: readonly string[]
  readonly count: number
  readonly document?: string
}

/** Returns the values of a state that was read. */
export function valuesOf(snapshot: { readonly values: unknown } | undefined): LogState {
  if (snapshot === undefined) throw new Error('there is no such state')
  return snapshot.values as LogState
}

/** How often each node of {@link approval} has run, by its name. */
export type Calls = Map<string, number>

/** Returns a graph that books, asks for approval and then charges. */
export function approval(checkpointer: BaseCheckpointSaver, calls: Calls) {
  const counted = (name: string): void => void calls.set(name, (calls.get(name) ?? 0) + 1)
  return new StateGraph(Log)
    .addNode('book', () => {
      counted('book')
      return { log: ['booked'] }
    })
    .addNode('ask', () => {
      counted('ask')
      const answer: unknown = interrupt('approve?')
      return { log: [`answered ${String(answer)}`] }
    })
    .addNode('charge', () => {
      counted('charge')
      return { log: ['charged'] }
    })
    .addEdge('__start__', 'book')
    .addEdge('book', 'ask')
    .addEdge('ask', 'charge')
    .addEdge('charge', '__end__')
    .compile({ checkpointer })
}

/** Returns what continues a graph that was interrupted. */
export function resume(answer: unknown): Command<unknown, never, never> {
  return new Command<unknown, never, never>({ resume: answer })
}
