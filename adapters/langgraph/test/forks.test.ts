import { HarborageSaver } from '@harborage/langgraph'
import { collect } from '@harborage/test-kit/collect'
import { expect, test } from 'vitest'

import { idOf, put, threadConfig } from './support/checkpoints.ts'
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
})
