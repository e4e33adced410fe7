import { HarborageSaver } from '@harborage/langgraph'
import { collect } from '@harborage/test-kit/collect'
import { measure } from '@harborage/test-kit/measure'
import {
  BaseCheckpointSaver,
  type CheckpointTuple,
  MemorySaver,
} from '@langchain/langgraph-checkpoint'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { idOf, threadConfig } from './support/checkpoints.ts'
import { onEachEngine } from './support/engines.ts'
import { histories, make } from './support/generated-threads.ts'
import { newOwner } from './support/new-owner.ts'

const parameters = { numRuns: measure({ quick: 15, full: 300 }) }

onEachEngine('generated threads', (place) => {
  const newSaver = (owner: ReturnType<typeof newOwner>): HarborageSaver =>
    new HarborageSaver({ state: place.state(), owner })

  test("are read as LangGraph's saver in memory reads them", async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (steps) => {
        const owner = newOwner()
        const [memory, ours] = [new MemorySaver(), newSaver(owner)]
        const configs = await make(memory, steps)
        await make(ours, steps)
        for (const saver of [ours, newSaver(owner)]) {
          for (const config of configs) {
            expect(comparable(await saver.getTuple(config))).toEqual(
              comparable(await memory.getTuple(config)),
            )
          }
          for (const namespace of ['', 'inner:1', 'inner:1|leaf']) {
            const config = threadConfig('t1', namespace)
            expect(comparable(await saver.getTuple(config))).toEqual(
              comparable(await memory.getTuple(config)),
            )
            const [held, expected] = await Promise.all([
              collect(saver.list(config)),
              collect(memory.list(config)),
            ])
            expect(held.map(comparable)).toEqual(expected.map(comparable))
          }
          const all = await collect(saver.list(threadConfig('t1')))
          expect(all.map(({ config }) => idOf(config))).toEqual(
            steps.map(({ id }) => id).toSorted((left, right) => (left < right ? 1 : -1)),
          )
        }
      }),
      parameters,
    )
  })

  test('have the delta histories that the walk over single checkpoints has', async () => {
    const walk: unknown = Reflect.get(BaseCheckpointSaver.prototype, 'getDeltaChannelHistory')
    if (typeof walk !== 'function') throw new Error('there is no such walk')
    await fc.assert(
      fc.asyncProperty(histories, async (steps) => {
        const saver = newSaver(newOwner())
        const configs = await make(saver, steps)
        const channels = ['delta', 'messages', 'missing']
        for (const config of [...configs, threadConfig('t1', '')]) {
          const expected: unknown = await Reflect.apply(walk, saver, [{ config, channels }])
          expect(await saver.getDeltaChannelHistory({ config, channels })).toEqual(expected)
        }
      }),
      parameters,
    )
  })

  test('keep every value of the newest checkpoints when they are pruned', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.integer({ min: 1, max: 4 }), async (steps, keepLatest) => {
        const owner = newOwner()
        const saver = newSaver(owner)
        await make(saver, steps)
        const before = await collect(saver.list(threadConfig('t1', '')))
        const { checkpoints } = await newSaver(owner).pruneThread('t1', { keepLatest })
        const kept = before.slice(0, keepLatest)
        for (const reader of [saver, newSaver(owner)]) {
          expect(await collect(reader.list(threadConfig('t1', '')))).toEqual(kept)
        }
        expect(checkpoints).toBeGreaterThanOrEqual(before.length - kept.length)
        // A fork of what was kept, by a saver that knows what was stored before.
        const [newest] = kept
        if (newest?.metadata === undefined) return
        const forked = { ...newest.checkpoint, id: `g${newest.checkpoint.id.slice(1)}` }
        await saver.put(newest.config, forked, newest.metadata, {})
        const read = await newSaver(owner).getTuple(threadConfig('t1', ''))
        expect(read?.checkpoint).toEqual(forked)
      }),
      parameters,
    )
  })
})

/** Returns a tuple without what is not compared: the saver in memory keeps no order of writes. */
function comparable(tuple: CheckpointTuple | undefined): unknown {
  if (tuple === undefined) return undefined
  const { config, parentConfig, checkpoint, metadata, pendingWrites = [] } = tuple
  const writes = pendingWrites.map((write) => JSON.stringify(write)).toSorted()
  return {
    id: idOf(config),
    parent: parentConfig && idOf(parentConfig),
    checkpoint,
    metadata,
    writes,
  }
}
