import { AsyncLocalStorage } from 'node:async_hooks'
import { failureOf } from '@harborage/test-kit/failure-of'
import { emptyCheckpoint, MemorySaver, type PendingWrite } from '@langchain/langgraph-checkpoint'
import { describe, expect, test } from 'vitest'

import { importThreads } from '../../src/import/import-threads.ts'
import type { ImportOptions, ImportProgress } from '../../src/import/import-options.ts'
import { saverThreads } from '../../src/import/saver-threads.ts'
import { HarborageSaver } from '../../src/saver/harborage-saver.ts'
import { memory } from '../support/places.ts'
import { officialSavers } from './support/official-savers.ts'
import { doRuns } from './support/review-runs.ts'
import { ofThread, tuplesOf } from './support/tuples.ts'

const ann = { tenantId: 'acme', userId: 'ann' }
const bob = { tenantId: 'acme', userId: 'bob' }
const savers = officialSavers()
const METADATA = { source: 'loop', step: 0, parents: {} } as const

async function newSaver(): Promise<HarborageSaver> {
  return new HarborageSaver({ state: await memory.open(), owner: ann })
}

describe('a thread', () => {
  test('that was imported is left as it is, wherever it went since', async () => {
    const { saver, source } = await savers.sqlite()
    const to = await newSaver()
    await doRuns(saver, 't1', { to: 1 })
    await importThreads({ from: source, to })
    await doRuns(to, 't1', { from: 1 })
    await doRuns(saver, 't1', { from: 1, to: 2 })
    const before = await tuplesOf(to, 't1')
    expect(await importThreads({ from: source, to })).toEqual({
      ...NOTHING,
      alreadyImported: 1,
    })
    expect(await tuplesOf(to, 't1')).toEqual(before)
  })

  test('that was deleted after its import is not brought back', async () => {
    const { saver, source } = await savers.sqlite()
    const to = await newSaver()
    await doRuns(saver, 't1', { to: 1 })
    await importThreads({ from: source, to })
    await to.deleteThread('t1')
    expect(await importThreads({ from: source, to })).toEqual({ ...NOTHING, deleted: 1 })
    expect(await to.getTuple(ofThread('t1'))).toBeUndefined()
    await doRuns(to, 't1', { to: 1 })
    expect(await importThreads({ from: source, to })).toEqual({ ...NOTHING, deleted: 1 })
  })

  test('that the saver has of its own is refused, and not changed', async () => {
    const { saver, source } = await savers.sqlite()
    const to = await newSaver()
    await doRuns(saver, 't1', { to: 1 })
    await doRuns(to, 't1', { to: 1 })
    const before = await tuplesOf(to, 't1')
    const failure = await failureOf(() => importThreads({ from: source, to }))
    expect(failure).toMatchObject({ code: 'thread_exists', threadId: 't1', retryable: false })
    expect(failure.message).toMatch(/leave it out, or erase its session/)
    expect(failure.message).not.toContain('t1')
    expect(await tuplesOf(to, 't1')).toEqual(before)
  })

  test('of which another source was imported in part is refused', async () => {
    const { saver, source } = await savers.sqlite()
    const { saver: other, source: otherSource } = await savers.sqlite()
    const to = await newSaver()
    for (const each of [saver, other]) await manyCheckpoints(each, 't1', 300)
    const stop = new AbortController()
    const onProgress = (): void => stop.abort()
    const options = { from: source, to, onProgress, signal: stop.signal }
    await expect(importThreads(options)).rejects.toThrow('aborted')
    const failure = await failureOf(() => importThreads({ from: otherSource, to }))
    expect(failure.code).toBe('thread_exists')
    expect(failure.message).toMatch(/a part of another import/)
    expect(await importThreads({ from: source, to })).toMatchObject({ threads: 1 })
  })

  test.each([
    ['a space', ' '],
    ['marks of paths', 'a/b%c'],
    ['a NUL', '\0'],
    ['a long text', 'x'.repeat(2000)],
    ['half a character', '\ud800'],
    ['the name of a prototype', '__proto__'],
    ['a number', '7'],
  ])('may have any id, such as %s', async (_what, id) => {
    const to = await newSaver()
    await importThreads({ from: saverThreads(withThread(id)), to })
    expect(await tuplesOf(to, id)).toHaveLength(1)
  })

  test('may have more writes than a commit holds, and values of many megabytes', async () => {
    const { saver, source } = await savers.sqlite()
    const to = await newSaver()
    const checkpoint = {
      ...emptyCheckpoint(),
      channel_values: { large: 'x'.repeat(6 * 1024 * 1024), small: 1 },
      channel_versions: { large: 1, small: 1 },
    }
    const root = { configurable: { thread_id: 't1', checkpoint_ns: '' } }
    const config = await saver.put(root, checkpoint, METADATA)
    for (let task = 0; task < 1100; task += 1) {
      await saver.putWrites(
        config,
        [
          ['a', task],
          ['__error__', task],
        ],
        `task-${task}`,
      )
    }
    const report = await importThreads({ from: source, to })
    expect(report).toMatchObject({ threads: 1, checkpoints: 1, writes: 2200 })
    expect(await tuplesOf(to, 't1')).toEqual(await tuplesOf(saver, 't1'))
  })
})

describe('an import', () => {
  test('tells after each commit and each thread how far it is', async () => {
    const { saver, source } = await savers.sqlite()
    const to = await newSaver()
    for (const id of ['a', 'b']) await doRuns(saver, id, { to: 1 })
    const told: ImportProgress[] = []
    const report = await importThreads({ from: source, to, onProgress: (each) => told.push(each) })
    const [a, b] = [await tuplesOf(saver, 'a'), await tuplesOf(saver, 'b')]
    expect(report).toEqual({
      ...NOTHING,
      threads: 2,
      checkpoints: a.length + b.length,
      writes: [...a, ...b].flatMap(({ pendingWrites = [] }) => pendingWrites).length,
      bytes: report.bytes,
    })
    expect(report.bytes).toBeGreaterThan(0)
    expect(told.map(({ threadId, threads }) => [threadId, threads])).toEqual([
      ['a', 0],
      ['a', 1],
      ['b', 1],
      ['b', 2],
    ])
    expect(told.at(-1)).toEqual({ ...report, threadId: 'b' })
  })

  test('takes only the threads that are named, in their order', async () => {
    const { saver, source } = await savers.sqlite()
    const to = await newSaver()
    for (const id of ['a', 'b', 'c']) await doRuns(saver, id, { to: 1 })
    const told: string[] = []
    const onProgress = ({ threadId }: ImportProgress): void => void told.push(threadId)
    expect(
      await importThreads({ from: source, to, threads: ['c', 'a'], onProgress }),
    ).toMatchObject({ threads: 2 })
    expect([...new Set(told)]).toEqual(['c', 'a'])
    expect(await to.getTuple(ofThread('b'))).toBeUndefined()
    const failure = await failureOf(() => importThreads({ from: source, to, threads: ['d'] }))
    expect(failure).toMatchObject({ code: 'not_found', threadId: 'd' })
  })

  test('asks whose thread it is', async () => {
    const { saver, source } = await savers.sqlite()
    const to = await newSaver()
    const graphs = { a: ann, b: bob, c: undefined }
    for (const id of Object.keys(graphs)) await doRuns(saver, id, { to: 1 })
    const ownerOf: ImportOptions['ownerOf'] = async ({ threadId, metadata }) => {
      expect(metadata).toMatchObject({ source: 'loop', step: 1 })
      return Object.entries(graphs).find(([id]) => id === threadId)?.[1]
    }
    expect(await importThreads({ from: source, to, ownerOf })).toMatchObject({
      threads: 2,
      leftOut: 1,
    })
    const ofBob = to.forOwner(bob)
    expect(await tuplesOf(ofBob, 'b')).toEqual(await tuplesOf(saver, 'b'))
    expect(await tuplesOf(to, 'a')).toEqual(await tuplesOf(saver, 'a'))
    for (const id of ['b', 'c']) expect(await to.getTuple(ofThread(id))).toBeUndefined()
    for (const id of ['a', 'c']) expect(await ofBob.getTuple(ofThread(id))).toBeUndefined()
  })

  test('has the owner of the request in which it was called', async () => {
    const { saver, source } = await savers.sqlite()
    const request = new AsyncLocalStorage<typeof ann>()
    const state = await memory.open()
    const to = new HarborageSaver({ state, owner: () => request.getStore() ?? ann })
    await doRuns(saver, 't1', { to: 1 })
    await request.run(bob, () => importThreads({ from: source, to }))
    expect(await to.forOwner(bob).getTuple(ofThread('t1'))).toBeDefined()
    expect(await to.forOwner(ann).getTuple(ofThread('t1'))).toBeUndefined()
  })

  test('ends with what its callbacks throw, and goes on later', async () => {
    const { saver, source } = await savers.sqlite()
    const to = await newSaver()
    await doRuns(saver, 't1', { to: 1 })
    const fault = new Error('no more')
    const throwing = (): never => {
      throw fault
    }
    await expect(importThreads({ from: source, to, onProgress: throwing })).rejects.toBe(fault)
    await expect(importThreads({ from: source, to, ownerOf: throwing })).rejects.toBe(fault)
    expect(await importThreads({ from: source, to })).toMatchObject({ alreadyImported: 1 })
  })

  test('does nothing if its signal was aborted', async () => {
    const { saver, source } = await savers.sqlite()
    const to = await newSaver()
    await doRuns(saver, 't1', { to: 1 })
    const signal = AbortSignal.abort()
    await expect(importThreads({ from: source, to, signal })).rejects.toBe(signal.reason)
    expect(await to.getTuple(ofThread('t1'))).toBeUndefined()
  })

  test.each([
    ['nothing', undefined],
    ['no source', { from: undefined }],
    ['a saver in place of a source', { from: new MemorySaver() }],
    ['another saver as its target', { to: new MemorySaver() }],
    ['a misspelled option', { onprogress: () => {} }],
    ['a single thread', { threads: 't1' }],
    ['an owner that is no function', { ownerOf: ann }],
    ['a callback that is none', { onProgress: true }],
  ])('refuses %s', async (_what, part) => {
    const from = saverThreads(new MemorySaver())
    const given: unknown = part && { from, to: await newSaver(), ...part }
    const failure = await failureOf(() => Reflect.apply(importThreads, undefined, [given]))
    expect(failure.code).toBe('invalid_config')
  })
})

const NOTHING = {
  threads: 0,
  checkpoints: 0,
  writes: 0,
  bytes: 0,
  alreadyImported: 0,
  deleted: 0,
  leftOut: 0,
}

async function manyCheckpoints(
  saver: Awaited<ReturnType<typeof savers.sqlite>>['saver'],
  thread_id: string,
  count: number,
): Promise<void> {
  const writes: PendingWrite[] = [['a', 1]]
  for (let step = 0; step < count; step += 1) {
    const config = { configurable: { thread_id, checkpoint_ns: '' } }
    await saver.putWrites(await saver.put(config, emptyCheckpoint(), METADATA), writes, 'task')
  }
}

/** Returns a saver that has one thread of this id, which LangGraph's own may refuse. */
function withThread(threadId: string): MemorySaver {
  const saver = new MemorySaver()
  const tuple = {
    config: { configurable: { thread_id: threadId, checkpoint_ns: '', checkpoint_id: '' } },
    checkpoint: emptyCheckpoint(),
    metadata: METADATA,
  }
  return Object.assign(saver, {
    getTuple: async () => tuple,
    async *list() {
      yield tuple
    },
  })
}
