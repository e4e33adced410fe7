import { newEventId, parseEventId } from '@harborage/core'
import type { StateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgresServer, type PostgresServer } from '../support/embedded-postgres.ts'
import { loggedDuring, loggingSettings } from './support/statement-log.ts'
import { ann, newRecord, openOwnStore } from './support/test-store.ts'

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

/** Each call once, in an order in which every one of them does what it is for. */
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
  { call: 'deleteScope', make: (state) => state.deleteScope(ann) },
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
  expect(on('execute')).toHaveLength(120)
  expect(new Set(prepared).size).toBe(prepared.length)
  expect(new Set(on('execute'))).toEqual(new Set(prepared))
  // Three connections at most, and two statements on each.
  expect(prepared.length).toBeLessThanOrEqual(6)
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
