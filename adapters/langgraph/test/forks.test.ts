import { HarborageSaver } from '@harborage/langgraph'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { type CheckpointMetadata, uuid6 } from '@langchain/langgraph-checkpoint'
import { expect, test } from 'vitest'

import { checkpointOf, idOf, put, threadConfig } from './support/checkpoints.ts'
import { onEachEngine } from './support/engines.ts'
import { ring, valuesOf } from './support/graphs.ts'
import { newOwner } from './support/new-owner.ts'

const large = (name: string): string => `${name} `.repeat(5_000)

onEachEngine('a fork', (place) => {
  const newSaver = (owner = newOwner()): HarborageSaver =>
    new HarborageSaver({ state: place.state(), owner })

  test.each([
    ['small', (name: string) => name],
    ['large', large],
  ])('has its own values, which are %s, and not those of the other branch', async (_, value) => {
    const owner = newOwner()
    const saver = newSaver(owner)
    const values = (name: string) => ({ messages: value(name), static: value('static') })
    const first = await put(saver, threadConfig('t1'), { values: values('first') })
    const branch = (name: string) =>
      put(saver, first, {
        values: values(name),
        versions: { messages: 2, static: 1 },
        newVersions: { messages: 2 },
      })
    const left = await branch('left')
    const right = await branch('right')
    for (const reader of [saver, newSaver(owner)]) {
      const held = async (config: typeof left): Promise<unknown> =>
        (await reader.getTuple(config))?.checkpoint.channel_values
      expect(await held(left)).toEqual(values('left'))
      expect(await held(right)).toEqual(values('right'))
      expect(await held(first)).toEqual(values('first'))
    }
  })

  test('of a run that was updated by hand goes on from where it was made', async () => {
    const saver = newSaver()
    const graph = ring(saver, 6)
    const config = { configurable: { thread_id: 't1' } }
    await graph.invoke({ log: ['begin'], document: large('document') }, config)
    const history = await collect(graph.getStateHistory(config))
    const early = history.find((state) => valuesOf(state).count === 2)
    if (early === undefined) throw new Error('the history has no second step')
    const forked = await graph.updateState(early.config, { log: ['forked'] })
    const result = await graph.invoke(null, forked)
    expect(result.log).toEqual([
      'begin',
      'agent 0',
      'tools 1',
      'forked',
      'agent 2',
      'tools 3',
      'agent 4',
      'tools 5',
    ])
    expect(result.document).toBe(large('document'))
    const original = await graph.getState(history[0]?.config ?? config)
    expect(valuesOf(original).log).not.toContain('forked')
    expect(valuesOf(await graph.getState(config)).log).toContain('forked')
  })

  test.each([
    ['the first checkpoint', -1],
    ['a later checkpoint', 3],
  ])('that copies %s has all of its values', async (_, at) => {
    const owner = newOwner()
    const graph = ring(newSaver(owner), 4)
    const config = { configurable: { thread_id: 't1' } }
    await graph.invoke({ log: ['begin'], document: large('document') }, config)
    const history = await collect(graph.getStateHistory(config))
    const original = history.at(at)
    if (original === undefined) throw new Error('the history is too short')
    // Another saver has not seen what is stored where.
    const copying = ring(newSaver(owner), 4)
    const copy = await copying.updateState(original.config, null, '__copy__')
    expect(idOf(copy)).not.toBe(idOf(original.config))
    expect((await copying.getState(copy)).values).toEqual(original.values)
  })

  test.each([
    ['the same saver', true],
    ['another one', false],
  ])('of what was pruned is refused, and says what to do, by %s', async (_, isSame) => {
    const owner = newOwner()
    const saver = newSaver(owner)
    const config = { configurable: { thread_id: 't1' } }
    await ring(saver, 4).invoke({ log: ['begin'], document: large('document') }, config)
    const history = await collect(ring(saver, 4).getStateHistory(config))
    const pruned = history[2]
    if (pruned === undefined) throw new Error('the history is too short')
    const forking = isSame ? saver : newSaver(owner)
    // So it is the last one that the saver has read.
    await forking.getTuple(pruned.config)
    await saver.pruneThread('t1', { keepLatest: 1 })
    const graph = ring(forking, 4)
    const before = await collect(forking.list(config))
    for (const fork of [
      () => graph.updateState(pruned.config, { log: ['forked'] }),
      () => graph.updateState(pruned.config, null),
      () => graph.invoke({ log: ['begin again'] }, pruned.config),
      () => graph.invoke({ log: ['begin again'] }, { ...pruned.config, durability: 'exit' }),
    ]) {
      const error = await failureOf(fork)
      expect(error.code).toBe('checkpoint_missing')
      expect(error.message).toMatch(/leave checkpoint_id out/)
    }
    expect(await collect(forking.list(config))).toEqual(before)
    expect((await graph.invoke({ log: ['on'] }, config)).log).toContain('begin')
  })

  test('of a checkpoint that never was is refused, also in a thread that never was', async () => {
    const saver = newSaver()
    const config = { configurable: { thread_id: 't1', checkpoint_id: uuid6(0) } }
    const error = await failureOf(ring(saver, 2).invoke({ log: ['begin'] }, config))
    expect(error.code).toBe('checkpoint_missing')
    expect(await collect(saver.list({}))).toEqual([])
  })
})

onEachEngine('a copy of a checkpoint', (place) => {
  const newSaver = (): HarborageSaver =>
    new HarborageSaver({ state: place.state(), owner: newOwner() })

  test('in another thread has all of its values, whether they are new or not', async () => {
    const saver = newSaver()
    const graph = ring(saver, 4)
    const config = { configurable: { thread_id: 't1' } }
    await graph.invoke({ log: ['begin'], document: large('document') }, config)
    for (const { checkpoint, metadata } of await collect(saver.list(config))) {
      if (metadata === undefined || metadata.step === -1) continue
      const copy = await saver.put(
        threadConfig(`copy of ${checkpoint.id}`, ''),
        checkpoint,
        metadata,
        {},
      )
      expect((await saver.getTuple(copy))?.checkpoint).toEqual(checkpoint)
    }
    const [newest] = await collect(saver.list(config, { limit: 1 }))
    const goesOn = threadConfig(`copy of ${newest?.checkpoint.id}`)
    const result = await ring(saver, 6).invoke({ log: ['on'] }, goesOn)
    expect(result.log.slice(0, 2)).toEqual(['begin', 'agent 0'])
    expect(result.document).toBe(large('document'))
  })

  test('without metadata of a run has its values', async () => {
    const saver = newSaver()
    const values = { small: 1, large: large('x') }
    const copy = await saver.put(
      threadConfig('t1'),
      checkpointOf({ values }),
      JSON.parse('{}') as CheckpointMetadata,
      {},
    )
    expect((await saver.getTuple(copy))?.checkpoint.channel_values).toEqual(values)
  })
})
