import { appRows, commitTogether, createEventBus, newEventId } from '@harborage/core'
import { openArtifactStore } from '@harborage/artifacts'
import { openPostgres } from '@harborage/driver-postgres'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { queryPostgres, runPostgresScript } from '@harborage/test-kit/postgres/query'
import { TcpProxy } from '@harborage/test-kit/postgres/tcp-proxy'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'

const COMMIT = 'COMMIT\0'

let created: TestDatabase

beforeAll(async () => {
  created = await createDatabaseWithTables()
  await runPostgresScript(created.dsn, 'create table tickets (id text not null)')
})

afterAll(() => created.drop())

/** Opens the stores behind a proxy, and a step of them. */
async function throughProxy(name: string) {
  const stack = new AsyncDisposableStack()
  const proxy = stack.use(await TcpProxy.start(created.dsn))
  const database = stack.use(await openPostgres({ dsn: proxy.dsn, max: 2 }))
  const state = stack.use(await openStateStore({ database }))
  const artifacts = stack.use(await openArtifactStore({ database }))
  const rules = { database, strategy: 'truncation', bus: createEventBus() } as const
  const memory = stack.use(await openMemoryStore(rules))
  const identity = { tenantId: 'acme', userId: 'ann', sessionId: name, runId: 'r1' }
  const { runId: _, ...session } = identity
  const bytes = new TextEncoder().encode(name)
  const turn = { turnId: newEventId(), userMessage: name, assistantResponse: '' }
  const [one, two] = ['one', 'two'].map((kind) => ({
    eventId: newEventId(),
    identity,
    kind,
    bytes,
  }))
  if (one === undefined || two === undefined) throw new Error('two records were made')
  const parts = () => ({
    one: state.prepare.save(one),
    two: state.prepare.save(two, { ifEventId: null }),
    output: artifacts.prepare.putText(session, name),
    turn: memory.prepare.addTurn(identity, turn),
  })
  const insert = {
    sql: 'insert into tickets (id) values ($1)',
    parameters: [name],
  }
  /** Resolves to what is stored: slots, artifacts, turns and rows of the application. */
  const stored = async () => {
    const [row] = await queryPostgres<{ counts: string }>(
      created.dsn,
      `select concat_ws(' ',
        (select count(*) from state_records where session_id = $1),
        (select count(*) from artifacts_blobs where session_id = $1),
        (select count(*) from memory_state where session_id = $1 and kind like 'memory.turn/%'),
        (select count(*) from tickets where id = $1)) as counts`,
      [name],
    )
    return row?.counts
  }
  return {
    proxy,
    state,
    parts,
    stored,
    ticket: () => appRows(database, insert),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const lost = ['cut the answer', 'cut before sending', 'cut after sending'] as const

describe.for(lost)('a step whose COMMIT meets "%s"', (fault) => {
  test('is applied once if it has an id, with rows of the application', async () => {
    await using through = await throughProxy(`named ${fault}`)
    const stepId = newEventId()
    const happened = through.proxy.failOnce(COMMIT, fault)
    const first = await commitTogether({
      stepId,
      parts: { ...through.parts(), ticket: through.ticket() },
    })
    await happened
    expect(first).toMatchObject({ one: 'saved', two: 'saved', ticket: 1 })
    expect(await through.stored()).toBe('2 1 1 1')
    const again = { ...through.parts(), ticket: through.ticket() }
    expect(await commitTogether({ stepId, parts: again })).toEqual(first)
    expect(await through.stored()).toBe('2 1 1 1')
  })

  test('is recognized by its parts if it has none', async () => {
    await using through = await throughProxy(`unnamed ${fault}`)
    const happened = through.proxy.failOnce(COMMIT, fault)
    await commitTogether({ parts: through.parts() })
    await happened
    expect(await through.stored()).toBe('2 1 1 0')
  })
})

test('a step whose COMMIT the server answers with ROLLBACK was not applied', async () => {
  await using through = await throughProxy('rolled back')
  const happened = through.proxy.failOnce(COMMIT, 'roll back instead')
  const parts = through.parts()
  const failure = await failureOf(commitTogether({ parts }))
  await happened
  expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
  expect(await through.stored()).toBe('0 0 0 0')
  await commitTogether({ parts })
  expect(await through.stored()).toBe('2 1 1 0')
})
