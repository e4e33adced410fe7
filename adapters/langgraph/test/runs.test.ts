import { HarborageSaver } from '@harborage/langgraph'
import { collect } from '@harborage/test-kit/collect'
import { Annotation, interrupt, Send, StateGraph } from '@langchain/langgraph'
import { MemorySaver, type BaseCheckpointSaver } from '@langchain/langgraph-checkpoint'
import { expect, test } from 'vitest'

import { onEachEngine } from './support/engines.ts'
import { approval, type Calls, resume, ring, valuesOf } from './support/graphs.ts'
import { newOwner } from './support/new-owner.ts'

const config = { configurable: { thread_id: 't1' } }

onEachEngine('runs of a graph', (place) => {
  /** Returns a saver of another process: on another store, which knows nothing of the first. */
  const otherProcess = async (owner: ReturnType<typeof newOwner>): Promise<HarborageSaver> =>
    new HarborageSaver({ state: await place.reopen(), owner })

  test('are resumed by another saver, and no task runs twice that was done', async () => {
    const owner = newOwner()
    const calls: Calls = new Map()
    const first = await approval(await otherProcess(owner), calls).invoke(
      { log: ['begin'] },
      config,
    )
    expect(first).toMatchObject({ __interrupt__: [{ value: 'approve?' }] })
    const waiting = approval(await otherProcess(owner), calls)
    expect((await waiting.getState(config)).next).toEqual(['ask'])
    const result = await approval(await otherProcess(owner), calls).invoke(resume('yes'), config)
    expect(result.log).toEqual(['begin', 'booked', 'answered yes', 'charged'])
    expect(Object.fromEntries(calls)).toEqual({ book: 1, ask: 2, charge: 1 })
  })

  test.each(['exit', 'async', 'sync'] as const)(
    'of durability "%s" leave the state that they return',
    async (durability) => {
      const owner = newOwner()
      const graph = ring(await otherProcess(owner), 7)
      const input = { log: ['begin'], document: 'x'.repeat(20_000) }
      const result = await graph.invoke(input, { ...config, durability })
      const reader = ring(await otherProcess(owner), 7)
      expect((await reader.getState(config)).values).toEqual(result)
      const history = await collect(reader.getStateHistory(config))
      expect(history).toHaveLength(durability === 'exit' ? 1 : 9)
      expect(
        history.map(valuesOf).every(({ count, document }) => count === 0 || document !== undefined),
      ).toBe(true)
    },
  )

  test("have the history that they have with LangGraph's saver in memory", async () => {
    const owner = newOwner()
    const histories: unknown[] = []
    for (const saver of [new MemorySaver(), await otherProcess(owner)]) {
      const graph = ring(saver, 5)
      await graph.invoke({ log: ['begin'] }, config)
      await graph.invoke({ log: ['again'], count: 3 }, config)
      const history = await collect(graph.getStateHistory(config))
      histories.push(
        history.map((state) => ({
          ...valuesOf(state),
          next: state.next,
          metadata: state.metadata,
        })),
      )
    }
    expect(histories[1]).toEqual(histories[0])
  })

  test('go on after a task failed, and only that task runs again', async () => {
    const owner = newOwner()
    const calls: string[] = []
    const result = async (saver: BaseCheckpointSaver, fails: boolean) => {
      const graph = fanOut(saver, async (item) => {
        calls.push(item)
        if (fails && item === 'b') throw new Error('it failed')
        return item.toUpperCase()
      })
      return graph.invoke(fails ? { items: ['a', 'b', 'c'] } : null, config)
    }
    await expect(result(await otherProcess(owner), true)).rejects.toThrow('it failed')
    const { done } = await result(await otherProcess(owner), false)
    expect(done).toEqual(['A', 'B', 'C'])
    expect(calls.toSorted()).toEqual(['a', 'b', 'b', 'c'])
  })

  test('with a subgraph that waits are resumed inside of it', async () => {
    const owner = newOwner()
    const State = Annotation.Root({
      log: Annotation<string[]>({
        reducer: (held, added) => held.concat(added),
        default: () => [],
      }),
    })
    const graphOf = (checkpointer: BaseCheckpointSaver) => {
      const inner = new StateGraph(State)
        .addNode('first', () => ({ log: ['inner first'] }))
        .addNode('ask', () => ({ log: [`inner ${String(interrupt('how?'))}`] }))
        .addEdge('__start__', 'first')
        .addEdge('first', 'ask')
        .compile()
      return new StateGraph(State)
        .addNode('inner', inner)
        .addEdge('__start__', 'inner')
        .compile({ checkpointer })
    }
    await graphOf(await otherProcess(owner)).invoke({ log: ['begin'] }, config)
    const graph = graphOf(await otherProcess(owner))
    const state = await graph.getState(config, { subgraphs: true })
    expect(JSON.stringify(state.tasks)).toContain('inner first')
    const { log } = await graph.invoke(resume('so'), config)
    expect(log).toEqual(['begin', 'begin', 'inner first', 'inner so'])
    const [newest] = await collect((await otherProcess(owner)).list(config, { limit: 1 }))
    expect(newest?.config.configurable?.['checkpoint_ns']).toBe('')
  })

  test('of 16 threads at once do not mix', async () => {
    const owner = newOwner()
    const graph = ring(await otherProcess(owner), 6)
    const threads = Array.from({ length: 16 }, (_, index) => `t${index}`)
    await Promise.all(
      threads.map((thread_id) =>
        graph.invoke({ log: [thread_id] }, { configurable: { thread_id } }),
      ),
    )
    const reader = ring(await otherProcess(owner), 6)
    for (const thread_id of threads) {
      const { log } = valuesOf(await reader.getState({ configurable: { thread_id } }))
      expect(log[0]).toBe(thread_id)
      expect(log).toHaveLength(7)
    }
  })
})

/** Returns a graph that works on each item in a task of its own. */
function fanOut(checkpointer: BaseCheckpointSaver, work: (item: string) => Promise<string>) {
  const State = Annotation.Root({
    items: Annotation<string[]>(),
    item: Annotation<string>(),
    done: Annotation<string[]>({
      reducer: (held, added) => held.concat(added).toSorted(),
      default: () => [],
    }),
  })
  return new StateGraph(State)
    .addNode('work', async ({ item }) => ({ done: [await work(item)] }))
    .addConditionalEdges('__start__', ({ items }) =>
      items.map((item: string) => new Send('work', { item })),
    )
    .compile({ checkpointer })
}
