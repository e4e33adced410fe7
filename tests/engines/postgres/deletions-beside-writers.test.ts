import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import { allOfSession, createEventBus } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { openStateStore, type StateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { bystander, waitingForLock } from '@harborage/test-kit/postgres/backends'
import { ann, newRecord, session } from './support/test-store.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

const ROUNDS = 60

interface Stores {
  readonly state: StateStore
  readonly artifacts: ArtifactStore
  readonly memory: MemoryStore
}

let database: TestDatabase
let stores: Stores & AsyncDisposable

beforeAll(async () => {
  database = await createDatabaseWithTables()
  const opened = await openPostgres({ dsn: database.dsn })
  stores = {
    state: await openStateStore({ database: opened }),
    artifacts: await openArtifactStore({ database: opened }),
    memory: await openMemoryStore({
      database: opened,
      strategy: 'truncation',
      bus: createEventBus(),
    }),
    [Symbol.asyncDispose]: () => opened.close(),
  }
})

afterAll(async () => {
  await stores[Symbol.asyncDispose]()
  await database.drop()
})

/**
 * Begins a deletion that waits for a row of others, lets something be done, and then lets it go on.
 */
async function whileWaiting(
  row: string,
  begin: () => Promise<number>,
  meanwhile: () => Promise<unknown>,
): Promise<number> {
  await using holder = await bystander(database.dsn)
  await holder.query('begin')
  await holder.query(`${row} for update`)
  const deleting = begin()
  await waitingForLock(database.dsn, 1)
  await meanwhile()
  await holder.query('commit')
  return await deleting
}

async function kindsLeft(): Promise<string[]> {
  const kinds: string[] = []
  for await (const { kind } of stores.state.list(ann, 'task.')) kinds.push(kind)
  return kinds
}

describe('deleteAll of state leaves no part of a concurrent write', () => {
  const held = `select from state_records where kind = 'task.b'`
  const meet = async (meanwhile: () => Promise<unknown>): Promise<void> => {
    const { state } = stores
    for (const kind of ['task.b', 'task.c']) await state.save(newRecord({ kind }))
    const count = await whileWaiting(held, () => deleteSession(state, session), meanwhile)
    expect(await kindsLeft()).toEqual([])
    expect(count).toBe(3)
  }

  test('a commit of a new slot and of a filled one', () =>
    meet(async () => {
      const save = ['task.a', 'task.c'].map((kind) => newRecord({ kind }))
      expect((await stores.state.commit({ save })).save).toEqual(['saved', 'saved'])
    }))

  test('a save into a new slot, and then one into a filled slot', () =>
    meet(async () => {
      for (const kind of ['task.a', 'task.c']) {
        expect(await stores.state.save(newRecord({ kind }))).toBe('saved')
      }
    }))
})

test('deleteAll of artifacts removes both of two puts, one new and one that existed', async () => {
  const { artifacts } = stores
  const ids: string[] = []
  for (const text of ['b', 'c']) ids.push((await artifacts.putText(session, text)).id)
  const held = `select from artifacts_blobs where id = '${ids[0]}'`
  const count = await whileWaiting(
    held,
    () => deleteSession(artifacts, session),
    async () => {
      await artifacts.putText(session, 'a')
      await artifacts.putText(session, 'c')
    },
  )
  const left = []
  for await (const { id } of artifacts.list(session)) left.push(id)
  expect(left).toEqual([])
  expect(count).toBe(3)
})

test(`none of ${ROUNDS} commits, each of a new slot and a filled one, is torn by a deleteAll`, async () => {
  const { state } = stores
  for (let round = 0; round < ROUNDS; round += 1) {
    const bytes = new Uint8Array(round % 2 === 0 ? 1 : 16 * 1024)
    await Promise.all(
      Array.from({ length: 8 }, (_unused, index) =>
        state.save(newRecord({ kind: `task.${index}` })),
      ),
    )
    const writers = Array.from({ length: 8 }, (_unused, index) =>
      state.commit({
        save: [`task.${index}`, `task.new.${index}`].map((kind) => newRecord({ kind, bytes })),
      }),
    )
    const [count] = await Promise.all([deleteSession(state, session), ...writers])
    const left = await kindsLeft()
    expect(left.filter((kind) => kind.startsWith('task.new.'))).toHaveLength(left.length / 2)
    // Each commit came before the deletion, which then counted both of its slots, or after it.
    expect(count).toBe(8 + (8 - left.length / 2))
    await deleteSession(state, session)
  }
})

test(`none of ${ROUNDS} conversations that get turns meanwhile is torn by a deleteAll`, async () => {
  const { memory } = stores
  await using own = await bystander(database.dsn)
  const runs = ['r1', 'r2', 'r3'].map((runId) => ({ ...session, runId }))
  const turn = { userMessage: 'hello', assistantResponse: 'hi' }
  for (let round = 0; round < ROUNDS / 3; round += 1) {
    // The first run has no conversation yet.
    for (const run of runs.slice(1)) await memory.addTurn(run, turn)
    const adding = runs.flatMap((run) => [memory.addTurn(run, turn), memory.addTurn(run, turn)])
    const [{ deleted }] = await Promise.all([memory.deleteAll(allOfSession(session)), ...adding])
    expect([2, 3]).toContain(deleted)
    const { rows } = await own.query<{ turns: string; counted: string | null }>(
      `select count(*) filter (where kind like 'memory.turn/%') as turns,
         max(case kind when 'memory.state' then convert_from(bytes, 'utf8')::json ->> 'turns' end) as counted
       from memory_state group by run_id`,
    )
    for (const { turns, counted } of rows) expect(counted).toBe(turns)
    await memory.deleteAll(allOfSession(session))
    expect((await own.query('select from memory_state')).rowCount).toBe(0)
  }
})

test('deletions beside endless writers end', async () => {
  const { state } = stores
  let isOver = false
  const writers = Array.from({ length: 4 }, async (_unused, writer) => {
    for (let write = 0; !isOver; write += 1) {
      const save = [`task.${writer}.${write}`, `task.${writer}`].map((kind) => newRecord({ kind }))
      await state.commit({ save })
    }
  })
  try {
    for (let deletion = 0; deletion < 20; deletion += 1) await deleteSession(state, session)
  } finally {
    isOver = true
    await Promise.all(writers)
  }
  await deleteSession(state, session)
})
