import { failureOf } from '@harborage/test-kit/failure-of'
import { isFullRun } from '@harborage/test-kit/measure'
import type { StateSnapshot } from '@langchain/langgraph'
import {
  type BaseCheckpointSaver,
  type CheckpointPendingWrite,
  emptyCheckpoint,
  MemorySaver,
  type PendingWrite,
  TASKS,
  uuid6,
} from '@langchain/langgraph-checkpoint'
import { describe, expect, test } from 'vitest'

import { importThreads } from '../../src/import/import-threads.ts'
import { saverThreads } from '../../src/import/saver-threads.ts'
import { HarborageSaver } from '../../src/saver/harborage-saver.ts'
import { memory, places } from '../support/places.ts'
import { officialSavers } from './support/official-savers.ts'
import { reviewGraph } from './support/review-graph.ts'
import { doRuns, NOTE, RUNS } from './support/review-runs.ts'
import { ofThread, tuplesOf } from './support/tuples.ts'

const ann = { tenantId: 'acme', userId: 'ann' }
const savers = officialSavers()

describe.each([
  { from: 'the SqliteSaver', open: () => savers.sqlite(), likely: 'SQLite' },
  { from: 'the PostgresSaver', open: () => savers.postgres(), likely: 'Postgres' },
])('threads of $from', ({ open, likely }) => {
  test.each(places.filter(({ name }) => isFullRun || name === likely))(
    'go on where they were, on $name',
    async (place) => {
      const { saver, source } = await open()
      const to = new HarborageSaver({ state: await place.open(), owner: ann })
      const threads = Array.from({ length: RUNS }, (_, index) => ({
        id: `t${index}`,
        runs: index + 1,
      }))
      for (const { id, runs } of threads) await doRuns(saver, id, { to: runs })

      expect(await importThreads({ from: source, to })).toMatchObject({ threads: RUNS })
      for (const { id, runs } of threads) {
        expect(await tuplesOf(to, id)).toEqual(await tuplesOf(saver, id))
        for (const each of [saver, to]) await doRuns(each, id, { from: runs })
        const state = await stateOf(to, id)
        expect(state.values).toEqual((await stateOf(saver, id)).values)
        expect(state.next).toEqual([])
        expect(await logOf(to, id)).toEqual(expect.arrayContaining(['inner C', 'end']))
      }
    },
  )

  test('have forks whose versions are equal and whose values are not', async () => {
    const { saver, source } = await open()
    const to = new HarborageSaver({ state: await memory.open(), owner: ann })
    await doRuns(saver, 't1', { to: 1 })
    const asked = await stateOf(saver, 't1')
    const graph = reviewGraph(saver, NOTE)
    const left = await graph.updateState(asked.config, { log: ['left'] }, 'ask')
    const right = await graph.updateState(asked.config, { log: ['right'] }, 'ask')
    const official = await tuplesOf(saver, 't1')
    const [newest, older] = official
    expect(newest?.checkpoint.channel_versions).toEqual(older?.checkpoint.channel_versions)

    await importThreads({ from: source, to })
    expect(await tuplesOf(to, 't1')).toEqual(official)
    for (const config of [left, right]) {
      const imported = await reviewGraph(to, NOTE).getState(config)
      expect(imported.values).toEqual((await graph.getState(config)).values)
      await reviewGraph(to, NOTE).invoke(null, config)
    }
  })

  test('keep the sends of old checkpoints, which are writes of their parents', async () => {
    const { saver, source } = await open()
    const to = new HarborageSaver({ state: await memory.open(), owner: ann })
    const first = { ...emptyCheckpoint(), id: uuid6(0), v: 1 }
    const second = { ...emptyCheckpoint(), id: uuid6(1), v: 1, channel_versions: { log: 7 } }
    const metadata = { source: 'loop', step: 0, parents: {} } as const
    const root = { configurable: { thread_id: 't1', checkpoint_ns: '' } }
    const config = await saver.put(root, first, metadata, {})
    const writes: PendingWrite[] = [
      [TASKS, 'one'],
      ['log', 1],
      [TASKS, 'two'],
    ]
    await saver.putWrites(config, writes, 'task')
    await saver.put(config, second, metadata, {})

    await importThreads({ from: source, to })
    const [newest] = await tuplesOf(to, 't1')
    expect(newest?.checkpoint.channel_values).toEqual({ [TASKS]: ['one', 'two'] })
    expect(newest?.checkpoint.channel_versions).toEqual({ log: 7, [TASKS]: 7 })
    expect(await tuplesOf(to, 't1')).toEqual(await tuplesOf(saver, 't1'))
  })

  test('keep what no method of the saver tells: the indexes of writes', async () => {
    const { saver, source } = await open()
    const to = new HarborageSaver({ state: await memory.open(), owner: ann })
    await doRuns(saver, 't1', { to: 3 })
    await importThreads({ from: source, to })
    const before = await tuplesOf(to, 't1')
    const asked = before.find(({ pendingWrites = [] }) => pendingWrites.some(isOfAsk))
    const [taskId = ''] = asked?.pendingWrites?.find(isOfAsk) ?? []
    // The task asked twice, so what it wrote then has the indexes 2 to 4.
    const again: PendingWrite[] = [
      ['__resume__', ['A']],
      ['__resume__', ['A']],
      ['log', ['another']],
      ['note', 'another'],
      ['branch:to:sub', null],
    ]
    if (asked !== undefined) await to.putWrites(asked.config, again, taskId)
    expect(await tuplesOf(to, 't1')).toEqual(before)
  })
})

function isOfAsk([, , value]: CheckpointPendingWrite): boolean {
  return String(value) === 'ask A B'
}

test('threads of any saver go on where they were', async () => {
  const saver = new MemorySaver()
  const to = new HarborageSaver({ state: await memory.open(), owner: ann })
  await doRuns(saver, 't1', { to: 2, note: 'a text' })
  await importThreads({ from: saverThreads(saver), to })
  expect(await tuplesOf(to, 't1')).toEqual(await tuplesOf(saver, 't1'))
  await doRuns(to, 't1', { from: 2, note: 'a text' })
  expect((await stateOf(to, 't1')).next).toEqual([])
})

describe('versions that are texts', () => {
  test('become the numbers that they begin with, so that a thread goes on', async () => {
    const saver = new TextVersions()
    const to = new HarborageSaver({ state: await memory.open(), owner: ann })
    await doRuns(asNumbers(saver), 't1', { to: 1, note: 'a text' })
    // From 10 on, numbers and texts have another order.
    const graph = reviewGraph(asNumbers(saver), 'a text')
    for (let count = 0; count < 12; count += 1) {
      await graph.updateState(ofThread('t1'), { log: [`${count}`] }, 'read')
    }
    await importThreads({ from: saverThreads(saver), to })
    const versions = (await tuplesOf(to, 't1')).flatMap(({ checkpoint }) => [
      ...Object.values(checkpoint.channel_versions),
      ...Object.values(checkpoint.versions_seen).flatMap((seen) => Object.values(seen)),
    ])
    expect(versions.filter((version) => typeof version !== 'number')).toEqual([])
    expect(Math.max(...versions.map(Number))).toBeGreaterThan(10)
    await doRuns(to, 't1', { from: 1, note: 'a text' })
    expect(await logOf(to, 't1')).toContain('end')
  })

  test('are refused if they do not begin with a number', async () => {
    const saver = new TextVersions((count) => `v${count}`)
    const to = new HarborageSaver({ state: await memory.open(), owner: ann })
    await doRuns(asNumbers(saver), 't1', { to: 1, note: 'a text' })
    const failure = await failureOf(() => importThreads({ from: saverThreads(saver), to }))
    expect(failure).toMatchObject({ code: 'import_unreadable', threadId: 't1' })
    expect(await to.getTuple(ofThread('t1'))).toBeUndefined()
  })
})

/** A saver whose versions are texts. */
class TextVersions extends MemorySaver {
  readonly #textOf: (count: number) => string

  constructor(textOf = (count: number) => `${String(count).padStart(32, '0')}.${Math.random()}`) {
    super()
    this.#textOf = textOf
  }

  override getNextVersion(current: unknown): never {
    const count = Number(/\d+/.exec(String(current))?.[0] ?? 0)
    // A saver says that its versions are numbers if it does not say otherwise.
    return this.#textOf(count + 1) as never
  }
}

function asNumbers(saver: TextVersions): BaseCheckpointSaver {
  return saver
}

function stateOf(saver: BaseCheckpointSaver, threadId: string): Promise<StateSnapshot> {
  return reviewGraph(saver, NOTE).getState(ofThread(threadId))
}

/** Resolves to what the graph did. */
async function logOf(saver: BaseCheckpointSaver, threadId: string): Promise<unknown> {
  const [newest] = await tuplesOf(saver, threadId)
  return newest?.checkpoint.channel_values['log']
}
