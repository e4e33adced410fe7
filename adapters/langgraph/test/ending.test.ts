import { setImmediate } from 'node:timers/promises'
import { callUnchecked } from '@harborage/test-kit/hostile/call-unchecked'
import { failureOf } from '@harborage/test-kit/failure-of'
import { MemorySaver } from '@langchain/langgraph-checkpoint'
import { expect, test } from 'vitest'

import { HarborageSaver, HarborageStore, importThreads, saverThreads } from '@harborage/langgraph'
import { put, threadConfig } from './support/checkpoints.ts'
import { onEachEngine } from './support/engines.ts'
import { newOwner } from './support/new-owner.ts'

const CALLS = 20

/** When the end is called, after the calls. */
const moments: readonly [string, (calls: readonly Promise<unknown>[]) => Promise<unknown>][] = [
  ['in the same tick', () => Promise.resolve()],
  ['a turn of the event loop later', () => setImmediate()],
  ['once one of them is done', (calls) => Promise.race(calls)],
]

onEachEngine('the end of what opened its database', (place) => {
  const dsn = (): string => place.dsn() ?? 'memory:'

  test.each(moments)('waits for the calls of a saver in flight, %s', async (when, until) => {
    const owner = newOwner()
    await using reader = HarborageSaver.fromConnString(dsn(), { owner })
    for (const opens of [true, false]) {
      const saver = HarborageSaver.fromConnString(dsn(), { owner })
      if (opens) await saver.setup()
      const view = saver.forOwner(owner)
      const calls = Array.from({ length: CALLS }, (_, index) =>
        put(index % 2 === 0 ? saver : view, threadConfig(`${opens} ${index}`)),
      )
      if (when !== moments[0]?.[0]) await until(calls)
      await saver.end()
      const configs = await Promise.all(calls)
      if (place.dsn() === undefined) continue
      for (const config of configs) expect(await reader.getTuple(config)).toBeDefined()
    }
  })

  test.each(moments)('waits for the calls of a store in flight, %s', async (when, until) => {
    const owner = newOwner()
    for (const opens of [true, false]) {
      const store = HarborageStore.fromConnString(dsn(), { owner })
      if (opens) await store.setup()
      const view = store.forOwner(owner)
      const calls = Array.from({ length: CALLS }, (_, index) =>
        (index % 2 === 0 ? store : view).put(['kept'], `${opens} ${index}`, { index }),
      )
      const found = store.search(['kept'])
      if (when !== moments[0]?.[0]) await until(calls)
      await store.end()
      await Promise.all([...calls, found])
    }
  })

  test('waits for an import of several threads', async () => {
    const from = new MemorySaver()
    for (let index = 0; index < CALLS; index += 1) await put(from, threadConfig(`t${index}`, ''))
    const to = HarborageSaver.fromConnString(dsn(), { owner: newOwner() })
    const importing = importThreads({ from: saverThreads(from), to, ownerOf: () => newOwner() })
    await to.end()
    expect((await importing).threads).toBe(CALLS)
    const refused = await failureOf(importThreads({ from: saverThreads(from), to }))
    expect(refused.code).toBe('store_closed')
  })

  test('refuses later calls, of derived ones as well, and names itself', async () => {
    const saver = HarborageSaver.fromConnString(dsn(), { owner: newOwner() })
    const store = HarborageStore.fromConnString(dsn(), { owner: newOwner() })
    const [saverView, storeView] = [saver.forOwner(newOwner()), store.forOwner(newOwner())]
    const began = saver.list({ configurable: {} })
    await put(saver, threadConfig('t1'))
    await put(saver, threadConfig('t2'))
    await began.next()
    const ending = [saver.end(), store.end()]
    const ofSaver = [
      saver.setup(),
      put(saver, threadConfig('t1')),
      saver.getTuple(threadConfig('t1')),
      saver.list({}).next(),
      began.next(),
      saver.deleteThread('t1'),
      put(saverView, threadConfig('t1')),
    ]
    const ofStore = [store.setup(), store.get(['a'], 'k'), storeView.search([])]
    for (const { code, message } of await Promise.all(ofSaver.map(failureOf))) {
      expect([code, message]).toEqual(['store_closed', expect.stringContaining('HarborageSaver')])
    }
    for (const { code, message } of await Promise.all(ofStore.map(failureOf))) {
      expect([code, message]).toEqual(['store_closed', expect.stringContaining('HarborageStore')])
    }
    await Promise.all(ending)
  })

  test('may be called several times, also where nothing was opened', async () => {
    const saver = HarborageSaver.fromConnString(dsn(), { owner: newOwner() })
    await Promise.all([saver.end(), saver.end()])
    await saver.end()
  })

  test('is that of the scope of `await using`', async () => {
    let kept: HarborageSaver
    {
      await using saver = HarborageSaver.fromConnString(dsn(), { owner: newOwner() })
      kept = saver
      await put(saver, threadConfig('t1'))
    }
    expect((await failureOf(put(kept, threadConfig('t1')))).code).toBe('store_closed')
  })
})

onEachEngine('the end on a state store that was passed', (place) => {
  test('waits for its own calls in flight, and leaves the state store open', async () => {
    const saver = new HarborageSaver({ state: place.state(), owner: newOwner() })
    const store = new HarborageStore({ state: place.state(), owner: newOwner() })
    const done: string[] = []
    const calls = [
      put(saver, threadConfig('t1')).then(() => done.push('put of the saver')),
      store.put(['a'], 'k', {}).then(() => done.push('put of the store')),
    ]
    await Promise.all([saver.end(), store.end()])
    expect(done.toSorted()).toEqual(['put of the saver', 'put of the store'])
    await Promise.all(calls)
    await put(saver, threadConfig('t1'))
    expect(await store.get(['a'], 'k')).not.toBeNull()
  })

  test('of a derived one waits for its calls, and ends no other', async () => {
    const saver = new HarborageSaver({ state: place.state(), owner: newOwner() })
    const view = saver.forOwner(newOwner())
    let isDone = false
    const call = put(view, threadConfig('t1')).then(() => (isDone = true))
    await view.end()
    expect(isDone).toBe(true)
    await call
    await Promise.all([put(saver, threadConfig('t1')), put(view, threadConfig('t1'))])
  })

  test('resolves although a list was begun and never finished', async () => {
    const saver = new HarborageSaver({ state: place.state(), owner: newOwner() })
    await put(saver, threadConfig('t1'))
    await put(saver, threadConfig('t1'))
    const list = saver.list(threadConfig('t1'))
    await list.next()
    await saver.end()
    await list.return(undefined)
  })

  test('waits for a call that fails', async () => {
    const saver = new HarborageSaver({ state: place.state(), owner: newOwner() })
    const failing = failureOf(() => callUnchecked(saver, 'deleteThread', { not: 'an id' }))
    await saver.end()
    expect((await failing).code).toBe('invalid_identity')
  })
})
