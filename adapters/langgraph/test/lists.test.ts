import { newEventId } from '@harborage/core'
import { HarborageSaver } from '@harborage/langgraph'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import type { CheckpointListOptions, CheckpointTuple } from '@langchain/langgraph-checkpoint'
import { expect, test } from 'vitest'

import { idOf, put, threadConfig } from './support/checkpoints.ts'
import { onEachEngine } from './support/engines.ts'
import { newOwner } from './support/new-owner.ts'

onEachEngine('a list of checkpoints', (place) => {
  const newSaver = (owner = newOwner()): HarborageSaver =>
    new HarborageSaver({ state: place.state(), owner })

  async function chain(saver: HarborageSaver, length: number, namespace?: string) {
    let config = threadConfig('t1', namespace)
    const ids: string[] = []
    for (let step = 0; step < length; step += 1) {
      config = await put(saver, config, { values: { step }, metadata: { step } })
      ids.unshift(idOf(config))
      await saver.putWrites(config, [['log', step]], 'task')
    }
    return ids
  }

  const idsOf = (tuples: readonly CheckpointTuple[]): string[] =>
    tuples.map(({ config }) => idOf(config))

  test('is the newest first, with the writes of each', async () => {
    const saver = newSaver()
    const ids = await chain(saver, 60)
    const tuples = await collect(saver.list(threadConfig('t1', '')))
    expect(idsOf(tuples)).toEqual(ids)
    for (const [index, { checkpoint, pendingWrites }] of tuples.entries()) {
      expect(checkpoint.channel_values).toEqual({ step: 59 - index })
      expect(pendingWrites).toEqual([['task', 'log', 59 - index]])
    }
  })

  test.each([
    [0, 0],
    [-1, 0],
    [1, 1],
    [25, 25],
    [99, 30],
  ])('with a limit of %d has %d', async (limit, count) => {
    const saver = newSaver()
    const ids = await chain(saver, 30)
    for (const config of [threadConfig('t1', ''), threadConfig('t1'), {}]) {
      expect(idsOf(await collect(saver.list(config, { limit })))).toEqual(ids.slice(0, count))
    }
  })

  test('with a limit that is no number is rejected', async () => {
    const saver = newSaver()
    const options = JSON.parse('{ "limit": "many" }') as CheckpointListOptions
    expect((await failureOf(collect(saver.list(threadConfig('t1'), options)))).code).toBe(
      'invalid_record',
    )
  })

  test('before a checkpoint has the older ones', async () => {
    const saver = newSaver()
    const ids = await chain(saver, 10)
    const before = { configurable: { checkpoint_id: ids[3] } }
    for (const config of [threadConfig('t1', ''), threadConfig('t1')]) {
      expect(idsOf(await collect(saver.list(config, { before })))).toEqual(ids.slice(4))
      expect(idsOf(await collect(saver.list(config, { before, limit: 2 })))).toEqual(
        ids.slice(4, 6),
      )
    }
  })

  test('of one checkpoint has that one', async () => {
    const saver = newSaver()
    const ids = await chain(saver, 5)
    const config = { configurable: { thread_id: 't1', checkpoint_ns: '', checkpoint_id: ids[2] } }
    expect(idsOf(await collect(saver.list(config)))).toEqual([ids[2]])
    const { checkpoint_ns: _, ...anywhere } = config.configurable
    expect(idsOf(await collect(saver.list({ configurable: anywhere })))).toEqual([ids[2]])
  })

  test('of all namespaces is the newest first', async () => {
    const saver = newSaver()
    const first = await chain(saver, 3)
    const inner = await chain(saver, 3, 'inner:1|leaf')
    const last = await chain(saver, 3)
    const tuples = await collect(saver.list(threadConfig('t1')))
    expect(idsOf(tuples)).toEqual([...last, ...inner, ...first])
    expect(tuples.every(({ pendingWrites }) => pendingWrites?.length === 1)).toBe(true)
  })

  test('without a thread has those of the user, and of no session of others', async () => {
    const owner = newOwner()
    const saver = newSaver(owner)
    await chain(saver, 2)
    await put(saver, threadConfig('t2'))
    const session = { ...owner, sessionId: 'app' }
    await place.state().save({
      eventId: newEventId(),
      identity: session,
      kind: 'app.settings',
      bytes: new Uint8Array([1]),
    })
    const tuples = await collect(saver.list({}))
    const threads = tuples.map(({ config }): unknown => config.configurable?.['thread_id'])
    expect(threads).toEqual(['t1', 't1', 't2'])
  })

  test.each<[string, Record<string, unknown>, number[]]>([
    ['a text', { source: 'input' }, [0]],
    ['a number', { step: 2 }, [2]],
    ['several keys', { step: 1, source: 'loop' }, [1]],
    ['a key that no metadata have', { missing: 1 }, []],
    ['a key of every object', { constructor: Object }, []],
    ['a key with a quote', { "it's": 4 }, [4]],
    ['a key like a path', { '$.step': 5 }, [5]],
    ['a key like SQL', { "a'] = 1 or 1=1 --": 6 }, [6]],
    ['null', { nothing: null }, [7]],
    ['a boolean', { done: true }, [8]],
    ['a field of an object', { user: { name: 'Ann' } }, [9]],
    ['an object with other fields', { user: { name: 'Bob' } }, []],
    ['an array', { tags: ['a', 'b'] }, [9]],
    ['a part of an array', { tags: ['a'] }, []],
    ['undefined, which is ignored', { step: 4, missing: undefined }, [4]],
  ])('with a filter by %s', async (_what, filter, steps) => {
    const saver = newSaver()
    const own: Record<string, unknown>[] = [
      { source: 'input' },
      {},
      {},
      {},
      { "it's": 4 },
      { '$.step': 5 },
      { "a'] = 1 or 1=1 --": 6 },
      { nothing: null },
      { done: true },
      { user: { name: 'Ann', age: 30 }, tags: ['a', 'b'] },
    ]
    let config = threadConfig('t1')
    for (const [step, metadata] of own.entries()) {
      config = await put(saver, config, { metadata: { step, ...metadata } })
    }
    for (const namespace of ['', undefined]) {
      const found = await collect(saver.list(threadConfig('t1', namespace), { filter }))
      expect(found.map(({ metadata }) => metadata?.step)).toEqual(steps)
      const limited = await collect(saver.list(threadConfig('t1', namespace), { filter, limit: 1 }))
      expect(limited).toHaveLength(Math.min(steps.length, 1))
    }
  })

  test('can be left at any time', async () => {
    const saver = newSaver()
    const [newest] = await chain(saver, 30)
    for await (const { config } of saver.list(threadConfig('t1', ''))) {
      expect(idOf(config)).toBe(newest)
      break
    }
  })
})
