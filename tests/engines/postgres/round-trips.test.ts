import { allOfRun, allOfSession, createEventBus, newEventId, parseEventId } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { openStateStore, type StateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgresServer, type PostgresServer } from '@harborage/test-kit/postgres/start-server'
import { loggedDuring, loggingSettings } from './support/statement-log.ts'
import { TcpProxy } from '@harborage/test-kit/postgres/tcp-proxy'
import { ann, newRecord, openOwnStore, session } from './support/test-store.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgresServer({ settings: loggingSettings })
})

afterAll(() => server.stop())

interface NamedCall {
  readonly call: string
  readonly make: (state: StateStore) => Promise<unknown>
}

const first = newRecord()
const second = newRecord()

/** Each call once, in an order in which every call has an effect. */
const everyCall: readonly NamedCall[] = [
  { call: 'save into an empty slot', make: (state) => state.save(first, { ifEventId: null }) },
  {
    call: 'save over the expected event id',
    make: (state) => state.save(second, { ifEventId: first.eventId }),
  },
  { call: 'save', make: (state) => state.save(newRecord({ kind: 'other' })) },
  { call: 'load', make: (state) => state.load(ann, 'note') },
  { call: 'load of an empty slot', make: (state) => state.load(ann, 'absent') },
  { call: 'loadByEventId', make: (state) => state.loadByEventId(ann, second.eventId) },
  { call: 'a page of list', make: (state) => firstOf(state.list(ann, 'n')) },
  {
    call: 'a page of listKind',
    make: (state) => firstOf(state.listKind({ maintenanceScoped: true }, 'n')),
  },
  { call: 'delete of one generation', make: deleteGeneration },
  { call: 'delete', make: (state) => state.delete(ann, 'other') },
  { call: 'delete of an empty slot', make: (state) => state.delete(ann, 'other') },
]

function deleteGeneration(state: StateStore): Promise<boolean> {
  return state.delete(ann, 'note', { ifEventId: parseEventId(second.eventId) })
}

async function firstOf(records: AsyncIterable<unknown>): Promise<void> {
  for await (const _record of records) return
}

describe.for([true, false])('with preparedStatements: %s', (preparedStatements) => {
  test('every call that is one statement takes one round trip, as the server logs it', async () => {
    await using own = await openOwnStore({ dsn: server.dsn, preparedStatements, max: 1 })
    for (const { call, make } of everyCall) {
      const steps = await loggedDuring(server, () => make(own.state))
      const executed = steps.filter(({ step }) => step === 'execute' || step === 'statement')
      expect([call, executed.map(({ sql }) => sql)]).toEqual([
        call,
        [expect.stringMatching(/state_records/)],
      ])
      expect([call, executed[0]?.name.startsWith('harbor_state_')]).toEqual([
        call,
        preparedStatements,
      ])
    }
  })
})

test('a statement is prepared once on each connection and then only executed', async () => {
  await using own = await openOwnStore({ dsn: server.dsn, max: 3 })
  const steps = await loggedDuring(server, () =>
    Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const record = newRecord({ eventId: newEventId(), kind: `k${index % 5}` })
        await own.state.save(record)
        return own.state.load(ann, record.kind)
      }),
    ),
  )
  const on = (step: string): string[] =>
    steps.filter((logged) => logged.step === step).map(({ pid, name }) => `${pid} ${name}`)
  const prepared = on('parse')
  expect(new Set(prepared).size).toBe(prepared.length)
  expect(new Set(on('execute'))).toEqual(new Set(prepared))
  // Three connections at most, and three statements on each: a load, a save, and many saves.
  expect(prepared.length).toBeLessThanOrEqual(9)
})

test('loads that come together share connections', async () => {
  await using own = await openOwnStore({ dsn: server.dsn })
  const steps = await loggedDuring(server, () =>
    Promise.all(Array.from({ length: 32 }, () => own.state.load(ann, 'note'))),
  )
  expect(steps.filter(({ step }) => step === 'execute')).toHaveLength(32)
  expect(new Set(steps.map(({ pid }) => pid)).size).toBeLessThanOrEqual(2)
})

/**
 * Resolves to the number of round trips of a call that was made before.
 */
async function tripsOf(make: (state: StateStore, memory: MemoryStore) => Promise<unknown>) {
  await using proxy = await TcpProxy.start(server.dsn)
  await using database = await openPostgres({ dsn: proxy.dsn, max: 1 })
  await using state = await openStateStore({ database })
  const rules = { database, strategy: 'truncation', bus: createEventBus() } as const
  await using memory = await openMemoryStore(rules)
  await make(state, memory)
  await make(state, memory)
  const before = proxy.trips
  await make(state, memory)
  return proxy.trips - before
}

describe('the most round trips of a call whose statements are prepared:', () => {
  const tenSlots = Array.from({ length: 10 }, (_, index) => `ten ${index}`)

  test('a load or a save 1', async () => {
    expect(await tripsOf((state) => state.save(newRecord()))).toBe(1)
    expect(await tripsOf((state) => state.load(ann, 'note'))).toBe(1)
  })

  test('a load 2 of a record that expires, or has expired', async () => {
    for (const expiresAt of [new Date(8.64e15), new Date(1)]) {
      const kind = `expires at ${expiresAt.getTime()}`
      const loadOne = async (state: StateStore) => {
        await state.save({ ...newRecord({ kind }), expiresAt })
        await state.load(ann, kind)
      }
      expect(await tripsOf(loadOne)).toBe(1 + 2)
    }
  })

  test('a saveIfEmpty that fills its slot, and a loadMany 1', async () => {
    let kinds = 0
    const fill = (state: StateStore) =>
      state.saveIfEmpty(newRecord({ kind: `fill ${(kinds += 1)}` }))
    expect(await tripsOf(fill)).toBe(1)
    const slots = tenSlots.map((kind) => ({ identity: ann, kind }))
    expect(await tripsOf((state) => state.loadMany(slots))).toBe(1)
  })

  test('a commit that saves ten slots 1', async () => {
    const trips = await tripsOf((state) =>
      state.commit({ save: tenSlots.map((kind) => newRecord({ kind })) }),
    )
    expect(trips).toBe(1)
  })

  test('two commits of one record each that expect another slot 1, if they are made together', async () => {
    const guard = newRecord({ kind: 'guard' })
    await using own = await openOwnStore({ dsn: server.dsn })
    await own.state.save(guard)
    const trips = await tripsOf((state) =>
      Promise.all(
        ['guarded.1', 'guarded.2'].map((kind) =>
          state.commit({
            expect: [{ identity: ann, kind: 'guard', eventId: guard.eventId }],
            save: [newRecord({ kind })],
          }),
        ),
      ),
    )
    expect(trips).toBe(1)
  })

  test('a commit of ten slots of which one is large 2', async () => {
    const trips = await tripsOf((state) =>
      state.commit({
        save: tenSlots.map((kind, index) =>
          newRecord({ kind, bytes: new Uint8Array(index === 9 ? 100_000 : 1) }),
        ),
      }),
    )
    expect(trips).toBe(2)
  })

  test('a commit that expects, deletes and saves 3', async () => {
    const trips = await tripsOf((state) =>
      state.commit({
        expect: [{ identity: ann, kind: 'expected', eventId: null }],
        save: tenSlots.map((kind) => newRecord({ kind })),
        delete: [{ identity: ann, kind: 'deleted' }],
      }),
    )
    expect(trips).toBe(3)
  })

  test('a commit that saves, fills and empties a prefix 3', async () => {
    const trips = await tripsOf(async (state) => {
      await state.commit({
        save: [newRecord({ kind: 'swept.new' })],
        saveIfEmpty: [newRecord({ kind: 'filled' })],
        deletePrefix: [{ identity: ann, kindPrefix: 'swept.' }],
      })
    })
    expect(trips).toBe(3)
  })

  test('a deleteAll of a session 3', async () => {
    expect(await tripsOf((state) => deleteSession(state, session))).toBe(3)
  })

  test('a deleteAll of a conversation by its run 4, and by its session 6', async () => {
    const adding = 3
    const turn = { userMessage: 'hello', assistantResponse: 'hi' }
    for (const [subtree, trips] of [
      [allOfRun(ann), 4],
      [allOfSession(session), 6],
    ] as const) {
      const all = await tripsOf(async (_, memory) => {
        await memory.addTurn(ann, turn)
        expect(await memory.deleteAll(subtree)).toEqual({ deleted: 1, remaining: 0 })
      })
      expect(all - adding).toBe(trips)
    }
  })

  test('adding a turn 1 if the store changed the conversation last, else 3', async () => {
    const turn = { userMessage: 'hello', assistantResponse: 'hi' }
    expect(await tripsOf((_, memory) => memory.addTurn(ann, turn))).toBe(1)
    let sessions = 0
    const adding = (memory: MemoryStore) =>
      memory.addTurn({ ...session, sessionId: `s ${(sessions += 1)}` }, turn)
    expect(await tripsOf((_, memory) => adding(memory))).toBe(3)
  })
})

test('without prepared statements nothing stays behind on the connection', async () => {
  await using own = await openOwnStore({ dsn: server.dsn, max: 1, preparedStatements: false })
  const steps = await loggedDuring(server, () => own.state.load(ann, 'note'))
  expect(steps.map(({ step, name }) => `${step} ${name}`)).toEqual([
    'parse <unnamed>',
    'bind <unnamed>',
    'execute <unnamed>',
  ])
})
