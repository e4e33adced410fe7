import { AsyncLocalStorage } from 'node:async_hooks'
import { HarborageSaver, type User } from '@harborage/langgraph'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { expect, test } from 'vitest'

import { idOf, put, threadConfig } from './support/checkpoints.ts'
import { onEachEngine } from './support/engines.ts'
import { newOwner } from './support/new-owner.ts'

/** Ids that no other may be mistaken for. */
const hostileIds = [
  'x'.repeat(256),
  'x'.repeat(257),
  'x'.repeat(10_000),
  'ä'.repeat(200),
  'a\0b',
  'a\0',
  '\0',
  '\ud800',
  '\ud801',
  '\ufffd',
  '\udc00\ud800',
  'caf\u00e9',
  'cafe\u0301',
  ' ',
  '%',
  '%h',
  '%0000',
  '..',
  '../t1',
  'a/b',
  'lg/c',
  "'; drop table state_records; --",
  '__proto__',
  'constructor',
  '1',
  'undefined',
]

onEachEngine('the threads of a saver', (place) => {
  const saverOf = (owner: User): HarborageSaver =>
    new HarborageSaver({ state: place.state(), owner })

  test('are found again by any text that names them, and by no other', async () => {
    const saver = saverOf(newOwner())
    for (const id of hostileIds) await put(saver, threadConfig(id), { values: { mine: id } })
    for (const id of hostileIds) {
      const tuple = await saver.getTuple(threadConfig(id))
      expect(tuple?.checkpoint.channel_values).toEqual({ mine: id })
      expect(tuple?.config.configurable?.['thread_id']).toBe(id)
      expect(await collect(saver.list(threadConfig(id)))).toHaveLength(1)
    }
    const all = await collect(saver.list({}))
    const ids = all.map(({ config }): unknown => config.configurable?.['thread_id'])
    expect(new Set(ids)).toEqual(new Set(hostileIds))
    expect(all).toHaveLength(hostileIds.length)
  })

  test('have hostile namespaces, checkpoints and tasks that are not mistaken for each other', async () => {
    const saver = saverOf(newOwner())
    for (const name of hostileIds) {
      const config = await put(saver, threadConfig('t1', name), { id: name, values: { name } })
      await saver.putWrites(config, [['channel', name]], name)
    }
    const all = await put(saver, threadConfig('t1'))
    for (const task of hostileIds) await saver.putWrites(all, [['channel', task]], task)
    for (const name of hostileIds) {
      const tuple = await saver.getTuple(threadConfig('t1', name))
      expect(tuple?.config).toEqual({
        configurable: { thread_id: 't1', checkpoint_ns: name, checkpoint_id: name },
      })
      expect(tuple?.checkpoint.channel_values).toEqual({ name })
      expect(tuple?.pendingWrites).toEqual([[name, 'channel', name]])
    }
    const { pendingWrites = [] } = (await saver.getTuple(all)) ?? {}
    expect(pendingWrites.map(([task]) => task).toSorted()).toEqual(hostileIds.toSorted())
    expect(pendingWrites.every(([task, , value]) => task === value)).toBe(true)
  })

  test('are the same for a number and for its text', async () => {
    const saver = saverOf(newOwner())
    const config = await put(saver, threadConfig(42), { values: { count: 1 } })
    expect(config.configurable?.['thread_id']).toBe('42')
    expect((await saver.getTuple(threadConfig('42')))?.checkpoint.channel_values).toEqual({
      count: 1,
    })
    await saver.putWrites(
      { configurable: { ...config.configurable, thread_id: 42 } },
      [['a', 1]],
      't',
    )
    expect(await collect(saver.list(threadConfig(42n)))).toHaveLength(1)
    expect((await saver.getTuple(threadConfig(42)))?.pendingWrites).toHaveLength(1)
  })

  test.each([
    ['missing', undefined, 'identity_required'],
    ['null', null, 'identity_required'],
    ['empty', '', 'identity_required'],
    ['an object', { id: 't1' }, 'invalid_identity'],
    ['not a number', Number.NaN, 'invalid_identity'],
    ['a boolean', true, 'invalid_identity'],
  ])('cannot be written without a name: %s', async (_what, id, code) => {
    const saver = saverOf(newOwner())
    expect((await failureOf(put(saver, threadConfig(id)))).code).toBe(code)
    const config = { configurable: { thread_id: id, checkpoint_id: 'c1' } }
    expect((await failureOf(saver.putWrites(config, [['a', 1]], 'task'))).code).toBe(code)
  })

  test('have one root namespace, whether it is named or not', async () => {
    const saver = saverOf(newOwner())
    const unnamed = await put(saver, threadConfig('t1'))
    const named = await put(saver, threadConfig('t2', ''))
    const found = async (id: string, namespace?: string): Promise<string> =>
      idOf((await saver.getTuple(threadConfig(id, namespace)))?.config)
    expect(await found('t1', '')).toBe(idOf(unnamed))
    expect(await found('t1')).toBe(idOf(unnamed))
    expect(await found('t2')).toBe(idOf(named))
    expect(unnamed.configurable?.['checkpoint_ns']).toBe('')
    const withoutNamespace = { thread_id: 't1', checkpoint_id: idOf(unnamed) }
    await saver.putWrites({ configurable: withoutNamespace }, [['a', 1]], 'task')
    expect((await saver.getTuple(threadConfig('t1', '')))?.pendingWrites).toHaveLength(1)
  })

  test('belong to the bound owner, whatever a configurable says', async () => {
    const [ann, bob] = [newOwner(), newOwner()]
    const [ofAnn, ofBob] = [saverOf(ann), saverOf(bob)]
    await put(ofAnn, threadConfig('t1'), { values: { secret: 'of Ann' } })
    const claims = { ...ann, owner: ann, identity: ann, user_id: ann.userId, sessionId: 't1' }
    const claimed = { configurable: { thread_id: 't1', ...claims } }
    expect(await ofBob.getTuple(claimed)).toBeUndefined()
    expect(await collect(ofBob.list(claimed))).toEqual([])
    expect(await collect(ofBob.list({ configurable: claims }))).toEqual([])
    await put(ofBob, claimed, { values: { secret: 'of Bob' } })
    await ofBob.deleteThread('t1')
    expect((await ofAnn.getTuple(threadConfig('t1')))?.checkpoint.channel_values).toEqual({
      secret: 'of Ann',
    })
  })

  test('are those of the request in which a call begins', async () => {
    const requests = new AsyncLocalStorage<User>()
    const nobody = { tenantId: '', userId: '' }
    const saver = new HarborageSaver({
      state: place.state(),
      owner: () => requests.getStore() ?? nobody,
    })
    const [ann, bob] = [newOwner(), newOwner()]
    await requests.run(ann, () => put(saver, threadConfig('t1')))
    const walk = requests.run(ann, () => saver.list({}))
    expect(await requests.run(bob, () => collect(walk))).toHaveLength(1)
    expect(await requests.run(bob, () => collect(saver.list({})))).toEqual([])
    expect((await failureOf(saver.getTuple(threadConfig('t1')))).code).toBe('identity_required')
  })

  test('of another user are reached through forOwner alone', async () => {
    const [ann, bob] = [newOwner(), newOwner()]
    const saver = saverOf(ann)
    await put(saver, threadConfig('t1'))
    expect(await saver.forOwner(bob).getTuple(threadConfig('t1'))).toBeUndefined()
    expect(await saver.forOwner(ann).getTuple(threadConfig('t1'))).toBeDefined()
  })
})
