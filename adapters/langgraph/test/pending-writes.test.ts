import { HarborageSaver } from '@harborage/langgraph'
import { ERROR, INTERRUPT, RESUME, uuid6 } from '@langchain/langgraph-checkpoint'
import { failureOf } from '@harborage/test-kit/failure-of'
import { describe, expect, test } from 'vitest'

import { idOf, put, threadConfig } from './support/checkpoints.ts'
import { onEachEngine } from './support/engines.ts'
import { newOwner } from './support/new-owner.ts'

onEachEngine('pending writes', (place) => {
  const newSaver = (owner = newOwner()): HarborageSaver =>
    new HarborageSaver({ state: place.state(), owner })

  test('of tasks that end at the same time are all kept', async () => {
    const saver = newSaver()
    const config = await put(saver, threadConfig('t1'))
    const tasks = Array.from({ length: 40 }, (_, index) => `task-${String(index).padStart(2, '0')}`)
    await Promise.all(tasks.map((task) => saver.putWrites(config, [['out', task]], task)))
    const { pendingWrites } = (await saver.getTuple(config)) ?? {}
    expect(pendingWrites).toEqual(tasks.map((task) => [task, 'out', task]))
  })

  test('of one task that are written at the same time stay as one of them wrote them', async () => {
    const owner = newOwner()
    const config = await put(newSaver(owner), threadConfig('t1'))
    const attempts = Array.from({ length: 8 }, (_, index) => `attempt ${index}`)
    await Promise.all(
      attempts.map((attempt) =>
        newSaver(owner).putWrites(
          config,
          [
            ['a', attempt],
            ['b', attempt],
          ],
          'task',
        ),
      ),
    )
    const { pendingWrites = [] } = (await newSaver(owner).getTuple(config)) ?? {}
    const [[, , winner] = []] = pendingWrites
    expect(attempts).toContain(winner)
    expect(pendingWrites).toEqual([
      ['task', 'a', winner],
      ['task', 'b', winner],
    ])
  })

  test('are kept as they were first written, and further ones are added', async () => {
    const saver = newSaver()
    const config = await put(saver, threadConfig('t1'))
    await saver.putWrites(config, [['a', 'first']], 'task')
    await saver.putWrites(
      config,
      [
        ['a', 'second'],
        ['b', 'added'],
      ],
      'task',
    )
    await saver.putWrites(config, [['a', 'third']], 'task')
    expect((await saver.getTuple(config))?.pendingWrites).toEqual([
      ['task', 'a', 'first'],
      ['task', 'b', 'added'],
    ])
  })

  test('of special channels replace each other, beside regular ones', async () => {
    const saver = newSaver()
    const config = await put(saver, threadConfig('t1'))
    await saver.putWrites(config, [[INTERRUPT, 'approve?']], 'task')
    await saver.putWrites(config, [[RESUME, 'no']], 'task')
    await saver.putWrites(config, [[RESUME, 'yes']], 'task')
    await saver.putWrites(config, [[RESUME, 'no']], 'task')
    await saver.putWrites(config, [[ERROR, 'out of memory']], 'task')
    await saver.putWrites(
      config,
      [
        ['log', 'kept'],
        [ERROR, 'again'],
      ],
      'task',
    )
    await saver.putWrites(config, [['log', 'late']], 'task')
    const { pendingWrites = [] } = (await saver.getTuple(config)) ?? {}
    expect(new Set(pendingWrites)).toEqual(
      new Set([
        ['task', RESUME, 'no'],
        ['task', INTERRUPT, 'approve?'],
        ['task', ERROR, 'again'],
        ['task', 'log', 'kept'],
      ]),
    )
  })

  test('come back by the path of their task, then by task and index', async () => {
    const saver = newSaver()
    const config = await put(saver, threadConfig('t1'))
    const write = (task: string, path: string): Promise<void> =>
      saver.putWrites(
        config,
        [
          ['x', 1],
          ['y', 2],
        ],
        task,
        path,
      )
    await write('a-task', '~__pregel_pull, \u{10000}')
    await write('b-task', '~__pregel_pull, \ufffd')
    await write('d-task', '')
    await write('c-task', '')
    const { pendingWrites = [] } = (await saver.getTuple(config)) ?? {}
    expect(pendingWrites.map(([task, channel]) => `${task} ${channel}`)).toEqual(
      ['c', 'd', 'b', 'a'].flatMap((task) => [`${task}-task x`, `${task}-task y`]),
    )
  })

  test('may be saved before their checkpoint', async () => {
    const saver = newSaver()
    const first = await put(saver, threadConfig('t1'))
    const next = uuid6(1)
    const config = { configurable: { ...first.configurable, checkpoint_id: next } }
    await saver.putWrites(config, [['log', 'early']], 'task')
    expect(idOf((await saver.getTuple(threadConfig('t1')))?.config)).toBe(idOf(first))
    await put(saver, first, { id: next })
    const tuple = await saver.getTuple(threadConfig('t1'))
    expect(idOf(tuple?.config)).toBe(next)
    expect(tuple?.pendingWrites).toEqual([['task', 'log', 'early']])
  })

  test('begin a thread that has no checkpoint yet', async () => {
    const owner = newOwner()
    const config = { configurable: { thread_id: 't1', checkpoint_id: uuid6(0) } }
    await newSaver(owner).putWrites(config, [['log', 'early']], 'task')
    expect(await newSaver(owner).getTuple(threadConfig('t1'))).toBeUndefined()
    await put(newSaver(owner), threadConfig('t1'), { id: config.configurable.checkpoint_id })
    expect((await newSaver(owner).getTuple(config))?.pendingWrites).toHaveLength(1)
  })

  test('are many more than one page of slots', async () => {
    const saver = newSaver()
    const older = await put(saver, threadConfig('t1'))
    const config = await put(saver, older)
    for (let index = 0; index < 130; index += 1) {
      await saver.putWrites(config, [['out', index]], `task-${String(index).padStart(3, '0')}`)
    }
    const tuple = await saver.getTuple(threadConfig('t1'))
    expect(idOf(tuple?.config)).toBe(idOf(config))
    expect(tuple?.pendingWrites?.map(([, , value]) => value)).toEqual(
      Array.from({ length: 130 }, (_, index) => index),
    )
  })

  describe('that are repeated', () => {
    test('change nothing', async () => {
      const saver = newSaver()
      const config = await put(saver, threadConfig('t1'))
      const write = () => saver.putWrites(config, [['a', { deep: [1] }]], 'task')
      await write()
      const before = await saver.getTuple(config)
      await write()
      expect(await saver.getTuple(config)).toEqual(before)
    })

    test('none are saved for an empty list', async () => {
      const saver = newSaver()
      const config = await put(saver, threadConfig('t1'))
      await saver.putWrites(config, [], 'task')
      expect((await saver.getTuple(config))?.pendingWrites).toEqual([])
    })
  })

  test('need a checkpoint', async () => {
    const saver = newSaver()
    const error = await failureOf(saver.putWrites(threadConfig('t1'), [['a', 1]], 'task'))
    expect(error.code).toBe('invalid_record')
  })
})
