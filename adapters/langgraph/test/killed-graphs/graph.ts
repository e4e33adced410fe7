import { setTimeout } from 'node:timers/promises'

import {
  Annotation,
  interrupt,
  type LangGraphRunnableConfig,
  Send,
  StateGraph,
} from '@langchain/langgraph'
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint'

/** How often the graph goes around. */
const ROUNDS = 2
const ITEMS = [0, 1]

/** More than a checkpoint holds itself, so that it has a slot of its own. */
const DOCUMENT_CHARACTERS = 10_000
/** Little enough for the checkpoint for which it is new, and too much for those after it. */
const NOTES_CHARACTERS = 2_000

/** The answer to each interrupt. */
export const ANSWER = 'yes'

const appended = () =>
  Annotation<string[]>({ reducer: (held, added) => held.concat(added), default: () => [] })

const Inner = Annotation.Root({ round: Annotation<number>(), made: appended() })

const Outer = Annotation.Root({
  round: Annotation<number>(),
  item: Annotation<number>(),
  log: appended(),
  document: Annotation<string>(),
  notes: Annotation<string>(),
})

/** Called by each node for what it does, with what its task was called with. */
export type OnEffect = (config: LangGraphRunnableConfig) => void

/**
 * Returns a graph that goes around several times: it plans; then works on items, runs a graph of
 * its own and asks, all at once; then joins. What each node does is in its log once.
 */
export function graphOf(checkpointer: BaseCheckpointSaver, onEffect: OnEffect) {
  const inner = innerGraph(onEffect)
  return new StateGraph(Outer)
    .addNode('plan', ({ round }, config) => {
      onEffect(config)
      return { log: [`plan ${round}`], document: documentOf(round) }
    })
    .addNode('work', async ({ round, item }, config) => {
      await setTimeout(item)
      onEffect(config)
      return { log: [`work ${round}.${item}`] }
    })
    .addNode('inner', async ({ round }, config) => {
      const { made } = await inner.invoke({ round }, config)
      return { log: made }
    })
    .addNode('ask', ({ round }, config) => {
      const answer = String(interrupt('go on?'))
      onEffect(config)
      return { log: [`ask ${round}: ${answer}`] }
    })
    .addNode('join', ({ round }, config) => {
      onEffect(config)
      return { log: [`join ${round}`], round: round + 1 }
    })
    .addEdge('__start__', 'plan')
    .addConditionalEdges('plan', ({ round }) => [
      ...ITEMS.map((item) => new Send('work', { round, item })),
      'inner',
      'ask',
    ])
    .addEdge(['work', 'inner', 'ask'], 'join')
    .addConditionalEdges('join', ({ round }) => (round < ROUNDS ? 'plan' : '__end__'))
    .compile({ checkpointer })
}

/** Returns a graph with two nodes at once after a first one. */
function innerGraph(onEffect: OnEffect) {
  const node =
    (name: string, delayMs: number) =>
    async ({ round }: typeof Inner.State, config: LangGraphRunnableConfig) => {
      await setTimeout(delayMs)
      onEffect(config)
      return { made: [`${name} ${round}`] }
    }
  return new StateGraph(Inner)
    .addNode('first', node('first', 0))
    .addNode('left', node('left', 0))
    .addNode('right', node('right', 1))
    .addEdge('__start__', 'first')
    .addEdge('first', 'left')
    .addEdge('first', 'right')
    .compile()
}

/** What a thread begins with. */
export const firstInput = { round: 0, notes: 'n'.repeat(NOTES_CHARACTERS) }

/** The values of a thread that has ended, its log sorted. */
export const finalValues = {
  round: ROUNDS,
  log: Array.from({ length: ROUNDS }, (_, round) => [
    `plan ${round}`,
    ...ITEMS.map((item) => `work ${round}.${item}`),
    ...['first', 'left', 'right'].map((name) => `${name} ${round}`),
    `ask ${round}: ${ANSWER}`,
    `join ${round}`,
  ])
    .flat()
    .toSorted(),
  document: documentOf(ROUNDS - 1),
  notes: firstInput.notes,
}

function documentOf(round: number): string {
  return `${round}`.repeat(DOCUMENT_CHARACTERS)
}
