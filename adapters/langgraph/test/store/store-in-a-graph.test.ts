import { AsyncLocalStorage } from 'node:async_hooks'

import { failureOf } from '@harborage/test-kit/failure-of'
import {
  Annotation,
  END,
  getStore,
  START,
  StateGraph,
  type LangGraphRunnableConfig,
} from '@langchain/langgraph'
import { expect, test } from 'vitest'

import { HarborageStore } from '../../src/store/harborage-store.ts'
import type { User } from '@harborage/langgraph'
import { ann, openStore } from '../support/open-store.ts'
import { memory, openFor, places } from '../support/places.ts'
import { recordedOperations } from '../support/recorded-operations.ts'

const State = Annotation.Root({
  said: Annotation<string>,
  known: Annotation<readonly string[]>,
})

/** Returns the store that LangGraph gives to a node. */
function storeOf({ store }: LangGraphRunnableConfig) {
  if (store === undefined) throw new Error('the graph has no store')
  return store
}

/** Returns a graph that remembers what is said, and answers with all that it knows. */
function rememberingGraph(store: HarborageStore) {
  return new StateGraph(State)
    .addNode('remember', async ({ said }, config) => {
      await storeOf(config).put(['memories'], said, { text: said })
      return {}
    })
    .addNode('recall', async () => {
      const found = await getStore()?.search(['memories'])
      return { known: found?.map(({ value }) => String(value['text'])) ?? [] }
    })
    .addEdge(START, 'remember')
    .addEdge('remember', 'recall')
    .addEdge('recall', END)
    .compile({ store })
}

test.each(places)('a graph remembers on $name what earlier runs put', async (place) => {
  const graph = rememberingGraph(await openStore(place))
  await graph.invoke({ said: 'likes tea' })
  const { known } = await graph.invoke({ said: 'likes jazz' })
  expect(known.toSorted()).toEqual(['likes jazz', 'likes tea'])
})

test('a graph remembers for the user in whose context it is invoked', async () => {
  const request = new AsyncLocalStorage<User>()
  const store = new HarborageStore({
    state: await openFor('memory:'),
    owner: () => request.getStore() ?? { tenantId: '', userId: '' },
  })
  const graph = rememberingGraph(store)
  const run = (userId: string) =>
    request.run({ tenantId: 'acme', userId }, () => graph.invoke({ said: `${userId} was here` }))
  const runs = await Promise.all(['ann', 'bob', 'cem'].map(run))
  expect(runs.map(({ known }) => known)).toEqual([
    ['ann was here'],
    ['bob was here'],
    ['cem was here'],
  ])
  expect((await failureOf(graph.invoke({ said: 'of none' }))).code).toBe('identity_required')
})

test('what the nodes of a step put at once is one commit', async () => {
  const store = new HarborageStore({ state: await openFor('memory:'), owner: ann })
  const Counts = Annotation.Root({ done: Annotation<number> })
  const puts = Array.from({ length: 20 }, (_, n) => `${n}`)
  const graph = new StateGraph(Counts)
    .addNode('put', async (_, config) => {
      await Promise.all(puts.map((key) => storeOf(config).put(['a'], key, { key })))
      const got = await Promise.all(puts.map((key) => storeOf(config).get(['a'], key)))
      return { done: got.filter((item) => item !== null).length }
    })
    .addEdge(START, 'put')
    .addEdge('put', END)
    .compile({ store })
  const ran = await recordedOperations(async () => {
    expect(await graph.invoke({ done: 0 })).toEqual({ done: puts.length })
  })
  expect(ran).toEqual(['commit', 'loadMany'])
})

test('a node learns why its call was refused', async () => {
  const Nothing = Annotation.Root({ done: Annotation<boolean> })
  const graph = new StateGraph(Nothing)
    .addNode('put', async (_, config) => {
      await storeOf(config).put(['a'], 'k', { at: new Map() })
      return { done: true }
    })
    .addEdge(START, 'put')
    .addEdge('put', END)
    .compile({ store: await openStore(memory) })
  expect((await failureOf(graph.invoke({ done: false }))).code).toBe('invalid_record')
})
