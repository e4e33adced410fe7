import { DatabaseSync } from 'node:sqlite'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { type CheckpointTuple, MemorySaver } from '@langchain/langgraph-checkpoint'
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite'
import { describe, expect, test } from 'vitest'

import { postgresThreads } from '../../src/import/postgres-threads.ts'
import { saverThreads } from '../../src/import/saver-threads.ts'
import { sqliteThreads, type SqliteReader } from '../../src/import/sqlite-threads.ts'
import type { SourceCheckpoint, ThreadSource } from '../../src/import/thread-source.ts'
import { officialSavers } from './support/official-savers.ts'
import { BYTES, reviewGraph } from './support/review-graph.ts'
import { doRuns } from './support/review-runs.ts'
import { allTuplesOf } from './support/tuples.ts'

const savers = officialSavers()

describe.each([
  { name: 'the SqliteSaver', open: () => savers.sqlite() },
  { name: 'the PostgresSaver', open: () => savers.postgres() },
])('the tables of $name', ({ open }) => {
  test('hold every checkpoint as the saver returns it, of subgraphs too', async () => {
    const { saver, source } = await open()
    await doRuns(saver, 't1', { to: 3 })
    const read = await readThread(source, 't1')
    const returned = await allTuplesOf(saver, 't1')
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
    await doRuns(saver, 't1', { to: 3, note: BYTES })
    const writes = (await readThread(source, 't1')).flatMap((each) => each.writes)
    expect(writes.length).toBe((await allTuplesOf(saver, 't1')).flatMap(writesOf).length)
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
    for (const name of ['b', 'a', 'Zoë', ' ', 'a/b%c']) await doRuns(saver, name, { to: 1 })
    const names = await idsOf(source)
    expect(names.toSorted()).toEqual([' ', 'Zoë', 'a', 'a/b%c', 'b'])
  })

  test('have no checkpoint of a thread that is not there', async () => {
    const { source } = await open()
    expect(await idsOf(source)).toEqual([])
    expect(await source.checkpointNames('t1')).toEqual([])
  })

  test('keep the path of a task once they have a column for it', async () => {
    const { saver, source, execute, tables } = await open()
    await doRuns(saver, 't1', { to: 1 })
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
    await doRuns(saver, 't1', { to: 1 })
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
    await doRuns(saver, 't1', { to: 1 })
    const [name] = await source.checkpointNames('t1')
    await execute(`update ${tables.checkpoints} set checkpoint = '{"id":7}'`)
    const failure = await failureOf(async () => name && source.readCheckpoint('t1', name))
    expect(failure.code).toBe('import_unreadable')
  })

  test('say that a checkpoint is gone that was deleted meanwhile', async () => {
    const { saver, source } = await open()
    await doRuns(saver, 't1', { to: 1 })
    const [name] = await source.checkpointNames('t1')
    await saver.deleteThread('t1')
    const failure = await failureOf(async () => name && source.readCheckpoint('t1', name))
    expect(failure.message).toMatch(/changed during the import/)
  })
})

describe('a SQLite database', () => {
  test.each([{}, undefined, 'langgraph.db'])('is refused if it is %j', async (database) => {
    const failure = await failureOf(async () => sqliteThreads(database as unknown as SqliteReader))
    expect(failure).toMatchObject({ code: 'invalid_config', message: /is no database/ })
  })

  test('may be opened by node:sqlite', async () => {
    const { saver, source } = await savers.sqlite()
    await doRuns(saver, 't1', { to: 3, note: BYTES })
    const database = new DatabaseSync(saver.db.name, { readOnly: true })
    expect(await readThread(sqliteThreads(database), 't1')).toEqual(await readThread(source, 't1'))
    database.close()
  })

  test('names a thread by its number, which the saver stored with a fraction', async () => {
    const { saver, source } = await savers.sqlite()
    await reviewGraph(saver).invoke({ log: [] }, { configurable: { thread_id: 7 } })
    await doRuns(saver, '8.0', { to: 1 })
    await doRuns(saver, '8', { to: 1 })
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
    await doRuns(own, 't1', { to: 3, note: BYTES })
    const read = await readThread(sqliteThreads(saver.db, { serde }), 't1')
    const returned = await allTuplesOf(own, 't1')
    expect(read.map(({ checkpoint }) => checkpoint)).toEqual(
      returned.map(({ checkpoint }) => checkpoint),
    )
    const wrongly = await failureOf(() => readThread(sqliteThreads(saver.db), 't1'))
    expect(wrongly.message).toMatch(/pass the serializer/)
  })
})

test('a schema of Postgres is read, whatever its name', async () => {
  const { saver, source, pool } = await savers.postgres("Lang 'Graph'")
  await doRuns(saver, 't1', { to: 1 })
  expect(await idsOf(source)).toEqual(['t1'])
  const elsewhere = await failureOf(() => idsOf(postgresThreads(pool)))
  expect(elsewhere.message).toMatch(/the table checkpoints cannot be read/)
})

describe('any saver', () => {
  test('tells its threads by its own methods', async () => {
    const saver = new MemorySaver()
    await doRuns(saver, 't1', { to: 3, note: 'a text' })
    await doRuns(saver, 't2', { to: 1, note: 'a text' })
    const source = saverThreads(saver)
    expect(await idsOf(source)).toEqual(['t1', 't2'])
    const read = await readThread(source, 't1')
    const returned = await allTuplesOf(saver, 't1')
    expect(read.map(({ checkpoint }) => checkpoint)).toEqual(
      returned.map(({ checkpoint }) => checkpoint),
    )
  })

  test('has its writes counted for each task, but for those of special channels', async () => {
    const saver = new MemorySaver()
    await doRuns(saver, 't1', { to: 3, note: 'a text' })
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
