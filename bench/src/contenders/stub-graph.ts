import { Annotation, StateGraph } from '@langchain/langgraph'
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint'

/** The state of {@link stubGraph}. */
const Conversation = Annotation.Root({
  messages: Annotation<string[]>({
    reducer: (held, added) => held.concat(added),
    default: () => [],
  }),
  step: Annotation<number>({ reducer: (_, next) => next, default: () => 0 }),
  /** What does not change in a run, such as instructions. */
  document: Annotation<string>(),
})

/** Returns a graph of two nodes that call no model. They take turns for a number of steps. */
export function stubGraph(checkpointer: BaseCheckpointSaver, steps: number) {
  const node = (name: string) => (state: typeof Conversation.State) => ({
    messages: [`${name} ${state.step}`],
    step: state.step + 1,
  })
  const next = (name: string) => (state: typeof Conversation.State) =>
    state.step >= steps ? '__end__' : name
  return new StateGraph(Conversation)
    .addNode('agent', node('agent'))
    .addNode('tools', node('tools'))
    .addEdge('__start__', 'agent')
    .addConditionalEdges('agent', next('tools'))
    .addConditionalEdges('tools', next('agent'))
    .compile({ checkpointer })
}

/** Returns the config of a thread. */
export function ofThread(thread_id: string) {
  return { configurable: { thread_id } }
}

/** Runs a graph of so many steps in a new thread. Each step is durable before the next begins. */
export async function runThread(
  graph: ReturnType<typeof stubGraph>,
  thread: string,
  steps: number,
  document = '',
): Promise<void> {
  const input = { messages: ['begin'], document }
  const options = { ...ofThread(thread), durability: 'sync', recursionLimit: steps + 1 } as const
  await graph.invoke(input, options)
}

/** Throws unless a thread has all of its steps. */
export async function checkThread(
  graph: ReturnType<typeof stubGraph>,
  thread: string,
  steps: number,
): Promise<void> {
  // Where the benchmark is not installed, the linter knows nothing of the graph's types.
  const values: unknown = (await graph.getState(ofThread(thread))).values
  const { step, messages } = values as typeof Conversation.State
  if (step !== steps || messages.length !== steps + 1) throw new Error('a thread is not whole')
}
