import { isHarborageError } from '@harborage/core'
import { HarborageSaver } from '@harborage/langgraph'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { expect, test } from 'vitest'

import { idOf, put, threadConfig } from './support/checkpoints.ts'
import { onEachEngine } from './support/engines.ts'
import { ring, valuesOf } from './support/graphs.ts'
import { newOwner } from './support/new-owner.ts'

onEachEngine('two writers of one thread', (place) => {
  const newSaver = (owner: ReturnType<typeof newOwner>, fence: boolean): HarborageSaver =>
    new HarborageSaver({ state: place.state(), owner, fence })

  test('make two branches without a fence', async () => {
    const owner = newOwner()
    const [left, right] = [newSaver(owner, false), newSaver(owner, false)]
    const first = await put(left, threadConfig('t1'))
    await put(left, first)
    await put(right, first)
    expect(await collect(left.list(threadConfig('t1')))).toHaveLength(3)
  })

  test('make one branch with a fence: of all that continue a checkpoint, one does', async () => {
    const owner = newOwner()
    const first = await put(newSaver(owner, true), threadConfig('t1'))
    const attempts = await Promise.all(
      Array.from({ length: 6 }, () =>
        put(newSaver(owner, true), first).catch((error: unknown) => error),
      ),
    )
    const refused = attempts.filter((error) => isHarborageError(error, 'condition_failed'))
    expect(refused).toHaveLength(5)
    expect(await collect(newSaver(owner, true).list(threadConfig('t1')))).toHaveLength(2)
  })

  test('with a fence, a run ends once another has continued its thread', async () => {
    const owner = newOwner()
    const config = { configurable: { thread_id: 't1' }, durability: 'sync' } as const
    await ring(newSaver(owner, true), 2).invoke({ log: ['begin'] }, config)
    const [reached, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const first = ring(newSaver(owner, true), 6, async ({ count }) => {
      if (count !== 1) return
      reached.resolve()
      await goOn.promise
    })
    const second = ring(newSaver(owner, true), 6)
    const running = first.invoke({ log: ['first run'], count: 0 }, config)
    await reached.promise
    await second.invoke({ log: ['second run'], count: 3 }, config)
    goOn.resolve()
    expect((await failureOf(running)).code).toBe('condition_failed')
    const { log } = valuesOf(await second.getState(config))
    expect(log.at(-1)).toBe('agent 5')
    expect(log).toContain('second run')
  })

  test('with a fence, a put that is repeated changes nothing', async () => {
    const owner = newOwner()
    const saver = newSaver(owner, true)
    const first = await put(saver, threadConfig('t1'))
    const again = { ...(await saver.getTuple(first)) }
    if (again.checkpoint === undefined || again.metadata === undefined)
      throw new Error('it is gone')
    await saver.put(threadConfig('t1'), again.checkpoint, again.metadata, {})
    await put(saver, first)
    expect(await collect(saver.list(threadConfig('t1')))).toHaveLength(2)
  })

  test('with a fence, forks and updates continue any checkpoint', async () => {
    const owner = newOwner()
    const saver = newSaver(owner, true)
    const graph = ring(saver, 4)
    const config = { configurable: { thread_id: 't1' } }
    await graph.invoke({ log: ['begin'] }, config)
    const history = await collect(graph.getStateHistory(config))
    const early = history.find((state) => valuesOf(state).count === 2)
    if (early === undefined) throw new Error('the history has no second step')
    const forked = await graph.updateState(early.config, { log: ['forked'] })
    const { log } = await graph.invoke(null, forked)
    expect(log).toContain('forked')
    expect(valuesOf(await graph.getState(config)).log).toEqual(log)
  })

  test('with a fence, a thread goes on that was written without one', async () => {
    const owner = newOwner()
    const first = await put(newSaver(owner, false), threadConfig('t1'))
    const second = await put(newSaver(owner, false), first)
    const stale = put(newSaver(owner, true), first)
    expect((await failureOf(stale)).code).toBe('condition_failed')
    const third = await put(newSaver(owner, true), second)
    expect((await failureOf(put(newSaver(owner, true), second))).code).toBe('condition_failed')
    const tuple = await newSaver(owner, true).getTuple(threadConfig('t1'))
    expect(idOf(tuple?.config)).toBe(idOf(third))
  })

  test('with a fence, a deleted thread begins anew', async () => {
    const owner = newOwner()
    const saver = newSaver(owner, true)
    await put(saver, threadConfig('t1'))
    await saver.deleteThread('t1')
    const begun = await put(saver, threadConfig('t1'))
    await put(saver, begun)
    expect(await collect(saver.list(threadConfig('t1')))).toHaveLength(2)
  })

  test('with a fence, each namespace has its own', async () => {
    const owner = newOwner()
    const saver = newSaver(owner, true)
    const root = await put(saver, threadConfig('t1'))
    const inner = await put(saver, threadConfig('t1', 'inner'))
    await put(saver, root)
    await put(saver, inner)
    expect((await failureOf(put(saver, inner))).code).toBe('condition_failed')
  })
})
