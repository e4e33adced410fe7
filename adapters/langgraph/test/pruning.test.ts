import { HarborageSaver } from '@harborage/langgraph'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { measure } from '@harborage/test-kit/measure'
import type { RunnableConfig } from '@langchain/core/runnables'
import { DeltaSnapshot } from '@langchain/langgraph-checkpoint'
import { expect, test } from 'vitest'

import { idOf, put, threadConfig } from './support/checkpoints.ts'
import { onEachEngine } from './support/engines.ts'
import { approval, resume, ring } from './support/graphs.ts'
import { newOwner } from './support/new-owner.ts'

const document = (name: string): string => `${name} `.repeat(3_000)

onEachEngine('a thread that is pruned', (place) => {
  const newSaver = (owner = newOwner()): HarborageSaver =>
    new HarborageSaver({ state: place.state(), owner })
  const kindsOf = async (owner: ReturnType<typeof newOwner>, prefix: string): Promise<string[]> => {
    const keys = await collect(place.state().listKeys({ ...owner, sessionId: 't1' }, prefix))
    return keys.map(({ kind }) => kind)
  }

  test('has its newest checkpoints, their writes and their values', async () => {
    const owner = newOwner()
    const saver = newSaver(owner)
    let config = threadConfig('t1')
    for (let step = 1; step <= 6; step += 1) {
      config = await put(saver, config, {
        values: { static: document('static'), messages: document(`step ${step}`) },
        versions: { static: 1, messages: step },
        newVersions: step === 1 ? { static: 1, messages: 1 } : { messages: step },
      })
      await saver.putWrites(config, [['log', step]], 'task')
    }
    const before = await collect(saver.list(threadConfig('t1')))
    expect(await saver.pruneThread('t1', { keepLatest: 2 })).toEqual({ checkpoints: 4, values: 4 })
    expect(await collect(newSaver(owner).list(threadConfig('t1')))).toEqual(before.slice(0, 2))
    expect(await kindsOf(owner, 'lg/b')).toHaveLength(3)
    expect(await kindsOf(owner, 'lg/c')).toHaveLength(4)
    expect(await saver.pruneThread('t1', { keepLatest: 2 })).toEqual({ checkpoints: 0, values: 0 })
  })

  test('keeps a value that another branch or namespace still has', async () => {
    const owner = newOwner()
    const saver = newSaver(owner)
    const shared = document('shared')
    const root = await put(saver, threadConfig('t1'), { values: { shared } })
    const fork = { values: { shared, name: 'left' }, newVersions: { name: 1 } }
    await put(saver, root, fork)
    await put(saver, threadConfig('t1', 'subgraph'), { values: { shared } })
    const newest = await put(saver, root, { values: { shared, name: 'right' } })
    await saver.pruneThread('t1', { keepLatest: 1 })
    const reader = newSaver(owner)
    expect((await reader.getTuple(newest))?.checkpoint.channel_values).toMatchObject({ shared })
    expect(
      (await reader.getTuple(threadConfig('t1', 'subgraph')))?.checkpoint.channel_values,
    ).toEqual({ shared })
    expect(await collect(reader.list(threadConfig('t1')))).toHaveLength(2)
  })

  test('keeps the subgraphs of the checkpoints that stay', async () => {
    const owner = newOwner()
    const saver = newSaver(owner)
    const old = await put(saver, threadConfig('t1'))
    const newest = await put(saver, old)
    const inNamespace = (namespace: string, parent: RunnableConfig) =>
      put(saver, threadConfig('t1', namespace), { metadata: { parents: { '': idOf(parent) } } })
    await inNamespace('task:1', old)
    await inNamespace('task:2', newest)
    await inNamespace('stateful', old)
    await saver.pruneThread('t1', { keepLatest: 1 })
    const left = await collect(newSaver(owner).list(threadConfig('t1')))
    const namespaces = left.map(({ config }): unknown => config.configurable?.['checkpoint_ns'])
    expect(namespaces).toHaveLength(3)
    expect(new Set(namespaces)).toEqual(new Set(['', 'stateful', 'task:2']))
  })

  test('keeps the writes that delta channels are made of', async () => {
    const owner = newOwner()
    const saver = newSaver(owner)
    let config = await put(saver, threadConfig('t1'), { values: { log: 'unused' } })
    config = await put(saver, config, { values: { log: new DeltaSnapshot([0]) } })
    for (let step = 1; step <= 5; step += 1) {
      await saver.putWrites(config, [['log', [step]]], 'task')
      config = await put(saver, config, {
        versions: { log: 1 + step },
        metadata: { counters_since_delta_snapshot: { log: [step, step] } },
      })
    }
    const channels = ['log']
    const before = await saver.getDeltaChannelHistory({ config, channels })
    expect(await saver.pruneThread('t1', { keepLatest: 1 })).toMatchObject({ checkpoints: 1 })
    expect(await newSaver(owner).getDeltaChannelHistory({ config, channels })).toEqual(before)
  })

  test('goes on where it was', async () => {
    const owner = newOwner()
    const calls = new Map<string, number>()
    const config = { configurable: { thread_id: 't1' } }
    await approval(newSaver(owner), calls).invoke({ log: [], document: document('x') }, config)
    await newSaver(owner).pruneThread('t1', { keepLatest: 1 })
    const result = await approval(newSaver(owner), calls).invoke(resume('yes'), config)
    expect(result).toMatchObject({
      log: ['booked', 'answered yes', 'charged'],
      document: document('x'),
    })
    expect(Object.fromEntries(calls)).toEqual({ book: 1, ask: 2, charge: 1 })
  })

  test('loses nothing of the runs that go on meanwhile', async () => {
    const rounds = measure({ quick: 3, full: 40 })
    for (let round = 0; round < rounds; round += 1) {
      const owner = newOwner()
      const config = { configurable: { thread_id: 't1' } }
      const text = document(`round ${round}`)
      const input = { log: ['begin'], document: text, count: 0 }
      await ring(newSaver(owner), 2).invoke(input, config)
      const pruner = newSaver(owner)
      let isRunning = true
      const pruning = (async () => {
        while (isRunning) await pruner.pruneThread('t1', { keepLatest: 1 })
      })()
      const graph = ring(newSaver(owner), 12)
      const result = await graph
        .invoke({ count: 2 }, { ...config, durability: 'sync' })
        .finally(() => {
          isRunning = false
        })
      await pruning
      expect(result.document).toBe(text)
      const state = await ring(newSaver(owner), 12).getState(config)
      expect(state.values).toEqual(result)
    }
  })

  test('loses nothing of a branch that begins at what is removed', async () => {
    const rounds = measure({ quick: 10, full: 200 })
    for (let round = 0; round < rounds; round += 1) {
      const owner = newOwner()
      const saver = newSaver(owner)
      const values = { static: document('old') }
      const old = await put(saver, threadConfig('t1'), { values })
      await put(saver, old, { values: { static: document('new') } })
      // This writer knows that the old value is stored, and says nothing of it again.
      const writer = newSaver(owner)
      const read = await writer.getTuple(old)
      expect(read?.checkpoint.channel_values).toEqual(values)
      const [branch] = await Promise.all([
        put(writer, old, { values, newVersions: {} }),
        // One of them may be interrupted by the other one.
        Promise.any([1, 2].map(() => newSaver(owner).pruneThread('t1', { keepLatest: 1 }))),
      ])
      const held = await newSaver(owner).getTuple(threadConfig('t1'))
      expect(idOf(held?.config)).toBe(idOf(branch))
      expect(held?.checkpoint.channel_values).toEqual(values)
    }
  })

  test('need not exist', async () => {
    const owner = newOwner()
    expect(await newSaver(owner).pruneThread('t1', { keepLatest: 1 })).toEqual({
      checkpoints: 0,
      values: 0,
    })
    expect(await kindsOf(owner, '')).toEqual([])
  })

  test('stays deleted if it was', async () => {
    const owner = newOwner()
    const saver = newSaver(owner)
    const old = await put(saver, threadConfig('t1'))
    await saver.deleteThread('t1')
    await saver.pruneThread('t1', { keepLatest: 1 })
    expect((await failureOf(put(newSaver(owner), old))).code).toBe('thread_deleted')
  })

  test.each([
    ['none', 0],
    ['a part of one', 1.5],
    ['fewer than none', -1],
    ['no number', Number.NaN],
  ])('cannot keep %s', async (_, keepLatest) => {
    const error = await failureOf(newSaver().pruneThread('t1', { keepLatest }))
    expect(error.code).toBe('invalid_record')
  })
})
