import { listenToOperations } from '@harborage/core'
import { HarborageSaver } from '@harborage/langgraph'
import type { RunnableConfig } from '@langchain/core/runnables'
import { DeltaSnapshot } from '@langchain/langgraph-checkpoint'
import { expect, test } from 'vitest'

import { put, threadConfig } from './support/checkpoints.ts'
import { onEachEngine } from './support/engines.ts'
import { newOwner } from './support/new-owner.ts'

onEachEngine('the history of a delta channel', (place) => {
  const newSaver = (): HarborageSaver =>
    new HarborageSaver({ state: place.state(), owner: newOwner() })

  /** Makes a chain of checkpoints with one delta each. */
  async function chain(saver: HarborageSaver, length: number): Promise<RunnableConfig> {
    let config = await put(saver, threadConfig('t1'), {
      values: { log: new DeltaSnapshot(['x'.repeat(20_000)]) },
    })
    for (let step = 1; step <= length; step += 1) {
      await saver.putWrites(config, [['log', [step]]], 'task')
      await saver.putWrites(config, [['other', step]], 'task-2')
      config = await put(saver, config, { versions: { log: 1 }, newVersions: {} })
    }
    return config
  }

  test('of 60 steps is read in few round trips', async () => {
    const saver = newSaver()
    const config = await chain(saver, 60)
    const operations: string[] = []
    const stop = listenToOperations({ onStart: ({ operation }) => operations.push(operation) })
    const { log } = await saver.getDeltaChannelHistory({ config, channels: ['log'] })
    stop()
    expect(log?.writes.map(([, , value]): unknown => value)).toEqual(
      Array.from({ length: 60 }, (_, index) => [index + 1]),
    )
    expect(log?.seed).toBeInstanceOf(DeltaSnapshot)
    // The target, two pages of the namespace, and the seed.
    expect(operations).toEqual(['list', 'list', 'list', 'loadMany'])
  })

  test('of no channels is empty', async () => {
    const saver = newSaver()
    const config = await chain(saver, 2)
    expect(await saver.getDeltaChannelHistory({ config, channels: [] })).toEqual({})
  })

  test('ends where an ancestor is gone', async () => {
    const saver = newSaver()
    const orphan = { configurable: { thread_id: 't1', checkpoint_ns: '', checkpoint_id: 'gone' } }
    const config = await put(saver, orphan, { versions: { log: 1 }, newVersions: {} })
    expect(await saver.getDeltaChannelHistory({ config, channels: ['log'] })).toEqual({
      log: { writes: [] },
    })
  })

  test('applies the writes of one step by the path of their task', async () => {
    const saver = newSaver()
    const first = await put(saver, threadConfig('t1'))
    await saver.putWrites(first, [['log', ['second']]], 'task-a', '~__pregel_pull, b')
    await saver.putWrites(first, [['log', ['first']]], 'task-b', '~__pregel_pull, a')
    await saver.putWrites(first, [['log', ['input']]], 'task-c')
    const config = await put(saver, first)
    const { log } = await saver.getDeltaChannelHistory({ config, channels: ['log'] })
    expect(log?.writes.map(([, , value]): unknown => value)).toEqual([
      ['input'],
      ['first'],
      ['second'],
    ])
  })
})
