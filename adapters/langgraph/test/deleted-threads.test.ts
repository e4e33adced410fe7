import { allOfSession, allOfTenant, allOfUser, newEventId } from '@harborage/core'
import { HarborageSaver } from '@harborage/langgraph'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { measure } from '@harborage/test-kit/measure'
import { uuid6 } from '@langchain/langgraph-checkpoint'
import { expect, test } from 'vitest'

import { idOf, put, threadConfig } from './support/checkpoints.ts'
import { onEachEngine } from './support/engines.ts'
import { ring } from './support/graphs.ts'
import { newOwner } from './support/new-owner.ts'

onEachEngine('a deleted thread', (place) => {
  const newSaver = (owner = newOwner()): HarborageSaver =>
    new HarborageSaver({ state: place.state(), owner })
  const kindsOf = async (owner: ReturnType<typeof newOwner>): Promise<string[]> => {
    const keys = await collect(place.state().listKeys({ ...owner, sessionId: 't1' }, ''))
    return keys.map(({ kind }) => kind)
  }

  test('holds nothing but that it was deleted', async () => {
    const owner = newOwner()
    const saver = newSaver(owner)
    const first = await put(saver, threadConfig('t1'), { values: { large: 'x'.repeat(20_000) } })
    await saver.putWrites(first, [['log', 1]], 'task')
    await put(saver, threadConfig('t1', 'inner:1'))
    await saver.deleteThread('t1')
    expect(await kindsOf(owner)).toEqual(['lg'])
    expect(await saver.getTuple(threadConfig('t1'))).toBeUndefined()
    expect(await collect(saver.list(threadConfig('t1')))).toEqual([])
    expect(await collect(saver.list({}))).toEqual([])
  })

  test('leaves what others keep in the same session', async () => {
    const owner = newOwner()
    const saver = newSaver(owner)
    await put(saver, threadConfig('t1'))
    const identity = { ...owner, sessionId: 't1' }
    for (const kind of ['app.settings', 'lg', 'lg2', 'lgx/c']) {
      if (kind === 'lg') continue
      await place.state().save({ eventId: newEventId(), identity, kind, bytes: new Uint8Array() })
    }
    await saver.deleteThread('t1')
    expect(await kindsOf(owner)).toEqual(['app.settings', 'lg', 'lg2', 'lgx/c'])
  })

  test('does not come back by a checkpoint that a run saves late', async () => {
    const owner = newOwner()
    const running = newSaver(owner)
    const first = await put(running, threadConfig('t1'))
    const second = await put(running, first)
    const lateFirst = uuid6(0)
    const innerConfig = threadConfig('t1', 'inner:1')
    await newSaver(owner).deleteThread('t1')

    // The run's saver, one in another process, and one that has just found the thread empty.
    const informed = newSaver(owner)
    expect(await informed.getTuple(threadConfig('t1'))).toBeUndefined()
    for (const saver of [running, newSaver(owner), informed]) {
      const attempts = [
        () => put(saver, second),
        () => put(saver, threadConfig('t1'), { id: lateFirst }),
        () => put(saver, innerConfig, { metadata: { parents: { '': idOf(second) } } }),
        () => saver.putWrites(second, [['log', 1]], 'task'),
      ]
      for (const attempt of attempts) expect((await failureOf(attempt)).code).toBe('thread_deleted')
    }
    expect(await kindsOf(owner)).toEqual(['lg'])
  })

  test('does not come back by a checkpoint of a writer whose clock is ahead', async () => {
    const owner = newOwner()
    const saver = newSaver(owner)
    const ahead = `3${uuid6(0).slice(1)}`
    const config = await put(saver, threadConfig('t1'), { id: ahead })
    await newSaver(owner).deleteThread('t1')
    expect((await failureOf(put(saver, config))).code).toBe('thread_deleted')
  })

  test('may be begun anew, and the old run still does not get in', async () => {
    const owner = newOwner()
    const old = newSaver(owner)
    const before = await put(old, threadConfig('t1'), { values: { life: 'first' } })
    await old.deleteThread('t1')
    for (const saver of [old, newSaver(owner)]) {
      const begun = await put(saver, threadConfig('t1'), { values: { life: 'second' } })
      await saver.putWrites(begun, [['log', 1]], 'task')
      await put(saver, begun, { values: { life: 'second' } })
      expect((await failureOf(put(saver, before))).code).toBe('thread_deleted')
      const late = saver.putWrites(before, [['log', 1]], 'task')
      expect((await failureOf(late)).code).toBe('thread_deleted')
    }
    const tuple = await newSaver(owner).getTuple(threadConfig('t1'))
    expect(tuple?.checkpoint.channel_values).toEqual({ life: 'second' })
  })

  test('may be deleted again and again, whether there is anything or not', async () => {
    const owner = newOwner()
    const saver = newSaver(owner)
    await saver.deleteThread('t1')
    await saver.deleteThread('t1')
    await put(saver, threadConfig('t1'))
    await saver.deleteThread('t1')
    expect(await kindsOf(owner)).toEqual(['lg'])
  })

  test('ends the run that goes on with it', async () => {
    const owner = newOwner()
    let deletions = 0
    const graph = ring(newSaver(owner), 6, async ({ count }) => {
      if (count !== 3 || deletions > 0) return
      deletions += 1
      await newSaver(owner).deleteThread('t1')
    })
    const config = { configurable: { thread_id: 't1' }, durability: 'sync' } as const
    expect((await failureOf(graph.invoke({ log: ['begin'] }, config))).code).toBe('thread_deleted')
    expect(await kindsOf(owner)).toEqual(['lg'])
    expect((await graph.invoke({ log: ['again'] }, config)).log).toContain('again')
  })

  test('is gone even if puts are made at the same time', async () => {
    const rounds = measure({ quick: 5, full: 100 })
    for (let round = 0; round < rounds; round += 1) {
      const owner = newOwner()
      const saver = newSaver(owner)
      const first = await put(saver, threadConfig('t1'))
      const late = Array.from({ length: 8 }, (_, index) =>
        index % 2 === 0
          ? put(newSaver(owner), first)
          : newSaver(owner).putWrites(first, [['log', index]], `task-${index}`),
      )
      const outcomes = await Promise.allSettled([newSaver(owner).deleteThread('t1'), ...late])
      expect(outcomes[0]?.status).toBe('fulfilled')
      expect(await kindsOf(owner)).toEqual(['lg'])
    }
  })

  test('with more slots than one commit may empty is emptied all the same', async () => {
    const owner = newOwner()
    const saver = newSaver(owner)
    await put(saver, threadConfig('t1'))
    const identity = { ...owner, sessionId: 't1' }
    for (let from = 0; from < 10_500; from += 500) {
      const save = Array.from({ length: 500 }, (_, index) => ({
        eventId: newEventId(),
        identity,
        kind: `lg/b${from + index}`,
        bytes: new Uint8Array([1]),
      }))
      await place.state().commit({ save })
    }
    await saver.deleteThread('t1')
    expect(await kindsOf(owner)).toEqual(['lg'])
  })

  test.each([
    [
      'its session',
      (owner: ReturnType<typeof newOwner>) => allOfSession({ ...owner, sessionId: 't1' }),
    ],
    ['its user', (owner: ReturnType<typeof newOwner>) => allOfUser(owner)],
    ['its tenant', ({ tenantId }: ReturnType<typeof newOwner>) => allOfTenant({ tenantId })],
  ])('leaves no trace once %s is erased', async (_, subtree) => {
    const owner = newOwner(newOwner().userId)
    const saver = newSaver(owner)
    const config = await put(saver, threadConfig('t1'), { values: { large: 'x'.repeat(20_000) } })
    await saver.putWrites(config, [['log', 1]], 'task')
    await put(saver, threadConfig('t1', 'inner:1'))
    await place.state().deleteAll(subtree(owner))
    expect(await kindsOf(owner)).toEqual([])
    await put(saver, threadConfig('t1'), { values: { life: 'second' } })
    expect((await saver.getTuple(threadConfig('t1')))?.checkpoint.channel_values).toEqual({
      life: 'second',
    })
  })
})
