import { DatabaseSync } from 'node:sqlite'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { Command } from '@langchain/langgraph'
import {
  type BaseCheckpointSaver,
  type CheckpointTuple,
  emptyCheckpoint,
  MemorySaver,
  TASKS,
  uuid6,
} from '@langchain/langgraph-checkpoint'
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite'
import { describe, expect, test } from 'vitest'

import { postgresThreads } from '../../src/import/postgres-threads.ts'
import { saverThreads } from '../../src/import/saver-threads.ts'
import { sqliteThreads } from '../../src/import/sqlite-threads.ts'
import type { SourceCheckpoint, ThreadSource } from '../../src/import/thread-source.ts'
import { officialSavers } from './support/official-savers.ts'
import { BYTES, reviewGraph } from './support/review-graph.ts'

const thread = (thread_id: string) => ({ configurable: { thread_id } })

const savers = officialSavers()

describe.each([
  { name: 'the SqliteSaver', open: savers.sqlite },
  { name: 'the PostgresSaver', open: () => savers.postgres() },
])('the tables of $name', ({ open }) => {
  test('hold every checkpoint as the saver returns it, of subgraphs too', async () => {
    const { saver, source } = await open()
    await askedInside(saver, 't1', new Map([['bytes', BYTES]]))
    const read = await readThread(source, 't1')
    const returned = await tuplesOf(saver, 't1')
    expect(read.map(({ checkpoint }) => checkpoint)).toEqual(
      returned.map(({ checkpoint }) => checkpoint),
    )
    expect(read.map(({ metadata }) => metadata)).toEqual(returned.map(({ metadata }) => metadata))
    expect(read.map(({ parentId }) => parentId)).toEqual(
      returned.map(({ parentConfig }): unknown => parentConfig?.configurable?.['checkpoint_id']),
    )
    expect(new Set(await namespacesOf(source, 't1')).size).toBe(2)
  })

  test('hold every write with its index, and bytes as they are', async () => {
    const { saver, source } = await open()
    await askedInside(saver, 't1')
    const writes = (await readThread(source, 't1')).flatMap((each) => each.writes)
    expect(writes.length).toBe((await tuplesOf(saver, 't1')).flatMap(writesOf).length)
    // The node asked twice: its answers come before what it wrote.
    expect(writes.filter(({ value }) => String(value) === 'ask A B')).toMatchObject([
      { channel: 'log', index: 2, taskPath: '' },
    ])
    expect(writes.filter(({ value }) => value instanceof Uint8Array)).toMatchObject([
      { channel: 'note', value: BYTES },
    ])
  })

  test('name each thread once', async () => {
    const { saver, source } = await open()
    for (const name of ['b', 'a', 'Zoë', ' ', 'a/b%c']) await begun(saver, name)
    const names = await idsOf(source)
    expect(names.toSorted()).toEqual([' ', 'Zoë', 'a', 'a/b%c', 'b'])
  })

  test('have no checkpoint of a thread that is not there', async () => {
    const { source } = await open()
    expect(await idsOf(source)).toEqual([])
    expect(await source.checkpointNames('t1')).toEqual([])
  })

  test('give an old checkpoint its sends, as the saver does', async () => {
    const { saver, source } = await open()
    const first = { ...emptyCheckpoint(), id: uuid6(0), v: 1 }
    const second = { ...emptyCheckpoint(), id: uuid6(1), v: 1, channel_versions: { log: 7 } }
    const metadata = { source: 'loop', step: 0, parents: {} } as const
    const config = await saver.put(ofGraph('t1'), first, metadata, {})
    await saver.putWrites(
      config,
      [
        [TASKS, 'one'],
        ['log', 1],
        [TASKS, 'two'],
      ],
      'task',
    )
    await saver.put(config, second, metadata, {})

    const read = await source.readCheckpoint('t1', { namespace: '', id: second.id })
    expect(read.checkpoint.channel_values).toEqual({ [TASKS]: ['one', 'two'] })
    expect(read.checkpoint.channel_versions).toEqual({ log: 7, [TASKS]: 7 })
    const returned = await saver.getTuple(await saver.put(config, second, metadata, {}))
    expect(read.checkpoint).toEqual(returned?.checkpoint)
  })

  test('keep the path of a task once they have a column for it', async () => {
    const { saver, source, execute, tables } = await open()
    await begun(saver, 't1')
    await execute(`alter table ${tables.writes} add column task_path text not null default ''`)
    await execute(`update ${tables.writes} set task_path = '~__pregel_pull, read'`)
    const [written] = (await readThread(source, 't1')).flatMap((each) => each.writes)
    expect(written?.taskPath).toBe('~__pregel_pull, read')
  })

  test.each([
    ['a value that the serializer does not know', `update $writes set type = 'msgpack'`],
    ['no table of writes', 'alter table $writes rename to elsewhere'],
    ['no table of checkpoints', 'alter table $checkpoints rename to elsewhere'],
    ['a table of another program', 'alter table $checkpoints rename column metadata to data'],
  ])('are refused with %s', async (_what, sql) => {
    const { saver, source, execute, tables } = await open()
    await begun(saver, 't1')
    const names = await source.checkpointNames('t1')
    await execute(sql.replace('$writes', tables.writes).replace('$checkpoints', tables.checkpoints))
    const failure = await failureOf(() =>
      Promise.all(names.map((name) => source.readCheckpoint('t1', name))),
    )
    expect(failure).toMatchObject({ code: 'import_unreadable', threadId: 't1', retryable: false })
    expect(failure.message).not.toContain('t1')
  })

  test('are refused if a checkpoint is none of LangGraph', async () => {
    const { saver, source, execute, tables } = await open()
    await begun(saver, 't1')
    const [name] = await source.checkpointNames('t1')
    await execute(`update ${tables.checkpoints} set checkpoint = '{"id":7}'`)
    const failure = await failureOf(async () => name && source.readCheckpoint('t1', name))
    expect(failure.code).toBe('import_unreadable')
  })

  test('say that a checkpoint is gone that was deleted meanwhile', async () => {
    const { saver, source } = await open()
    await begun(saver, 't1')
    const [name] = await source.checkpointNames('t1')
    await saver.deleteThread('t1')
    const failure = await failureOf(async () => name && source.readCheckpoint('t1', name))
    expect(failure.message).toMatch(/changed during the import/)
  })
})

describe('a SQLite database', () => {
  test('may be opened by node:sqlite', async () => {
    const { saver, source } = await savers.sqlite()
    await askedInside(saver, 't1')
    const database = new DatabaseSync(saver.db.name, { readOnly: true })
    expect(await readThread(sqliteThreads(database), 't1')).toEqual(await readThread(source, 't1'))
    database.close()
  })

  test('names a thread by its number, which the saver stored with a fraction', async () => {
    const { saver, source } = await savers.sqlite()
    await reviewGraph(saver).invoke({ log: [] }, { configurable: { thread_id: 7 } })
    await begun(saver, '8.0')
    await begun(saver, '8')
    expect(saver.db.prepare('select distinct thread_id from writes').pluck().all()).toEqual([
      '7.0',
      '8',
      '8.0',
    ])
    expect(await idsOf(source)).toEqual(['7', '8', '8.0'])
    for (const id of ['7', '8', '8.0']) expect(await source.checkpointNames(id)).toHaveLength(3)
    expect(await readThread(source, '7')).toHaveLength(3)
  })

  test('was written with the serializer that is passed', async () => {
    const serde = upsideDown()
    const { saver } = await savers.sqlite()
    const own = new SqliteSaver(saver.db, serde)
    await askedInside(own, 't1')
    const read = await readThread(sqliteThreads(saver.db, { serde }), 't1')
    const returned = await tuplesOf(own, 't1')
    expect(read.map(({ checkpoint }) => checkpoint)).toEqual(
      returned.map(({ checkpoint }) => checkpoint),
    )
    const wrongly = await failureOf(() => readThread(sqliteThreads(saver.db), 't1'))
    expect(wrongly.message).toMatch(/pass the serializer/)
  })
})

test('a schema of Postgres is read, whatever its name', async () => {
  const { saver, source, pool } = await savers.postgres("Lang 'Graph'")
  await begun(saver, 't1')
  expect(await idsOf(source)).toEqual(['t1'])
  const elsewhere = await failureOf(() => idsOf(postgresThreads(pool)))
  expect(elsewhere.message).toMatch(/the table checkpoints cannot be read/)
})

describe('any saver', () => {
  test('tells its threads by its own methods', async () => {
    const saver = new MemorySaver()
    await askedInside(saver, 't1', 'a text')
    await begun(saver, 't2', 'a text')
    const source = saverThreads(saver)
    expect(await idsOf(source)).toEqual(['t1', 't2'])
    const read = await readThread(source, 't1')
    const returned = await tuplesOf(saver, 't1')
    expect(read.map(({ checkpoint }) => checkpoint)).toEqual(
      returned.map(({ checkpoint }) => checkpoint),
    )
  })

  test('has its writes counted for each task, but for those of special channels', async () => {
    const saver = new MemorySaver()
    await askedInside(saver, 't1', 'a text')
    const writes = (await readThread(saverThreads(saver), 't1')).flatMap((each) => each.writes)
    const { taskId } = writes.find(({ value }) => String(value) === 'ask A B') ?? {}
    expect(writes.filter((each) => each.taskId === taskId)).toMatchObject([
      { channel: '__resume__', index: -4 },
      { channel: '__interrupt__', index: -3 },
      { channel: 'log', index: 0 },
      { channel: 'note', index: 1 },
      { channel: 'branch:to:sub', index: 2 },
    ])
  })
})

/** Runs the graph up to its first question. */
async function begun(saver: BaseCheckpointSaver, threadId: string, note?: unknown): Promise<void> {
  await reviewGraph(saver, note).invoke({ log: ['in'] }, thread(threadId))
}

/** Runs the graph up to the question of its subgraph. */
async function askedInside(
  saver: BaseCheckpointSaver,
  threadId: string,
  note?: unknown,
): Promise<void> {
  await begun(saver, threadId, note)
  for (const resume of ['A', 'B']) {
    await reviewGraph(saver, note).invoke(new Command({ resume }), thread(threadId))
  }
}

function ofGraph(thread_id: string) {
  return { configurable: { thread_id, checkpoint_ns: '' } }
}

function idsOf(source: ThreadSource): Promise<string[]> {
  return collect(source.threadIds())
}

async function namespacesOf(source: ThreadSource, threadId: string): Promise<readonly string[]> {
  return (await source.checkpointNames(threadId)).map(({ namespace }) => namespace)
}

/** Reads a thread, the newest checkpoint first. */
async function readThread(source: ThreadSource, threadId: string): Promise<SourceCheckpoint[]> {
  const names = await source.checkpointNames(threadId)
  const newestFirst = names.toSorted((one, other) => (one.id < other.id ? 1 : -1))
  return Promise.all(newestFirst.map((name) => source.readCheckpoint(threadId, name)))
}

async function tuplesOf(saver: BaseCheckpointSaver, threadId: string): Promise<CheckpointTuple[]> {
  const tuples = await collect(saver.list(thread(threadId)))
  return tuples.toSorted((one, other) => (one.checkpoint.id < other.checkpoint.id ? 1 : -1))
}

function writesOf({ pendingWrites = [] }: CheckpointTuple) {
  return pendingWrites
}

/** Returns a serializer of JSON whose texts are written backwards. */
function upsideDown() {
  return {
    async dumpsTyped(value: unknown): Promise<[string, Uint8Array]> {
      return ['backwards', Buffer.from([...JSON.stringify(value)].reverse().join(''))]
    },
    async loadsTyped(type: string, data: Uint8Array | string): Promise<unknown> {
      if (type !== 'backwards') throw new Error('this is not backwards')
      return JSON.parse([...Buffer.from(data).toString()].reverse().join(''))
    },
  }
}
