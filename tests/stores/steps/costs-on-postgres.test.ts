import { openArtifactStore } from '@harborage/artifacts'
import {
  appRows,
  commitTogether,
  createEventBus,
  newEventId,
  type Part,
  type RunIdentity,
} from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openJournalStore } from '@harborage/journal'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runPostgresScript } from '@harborage/test-kit/postgres/query'
import { TcpProxy } from '@harborage/test-kit/postgres/tcp-proxy'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'

let created: TestDatabase

beforeAll(async () => {
  created = await createDatabaseWithTables()
  await runPostgresScript(created.dsn, 'create table tickets (id text not null)')
})

afterAll(() => created.drop())

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
const { runId: _, ...session } = identity

/** The parts of the steps whose round trips are counted. */
interface Kinds {
  readonly save: () => Part<unknown>
  readonly put: () => Part<unknown>
  readonly turn: (owner?: RunIdentity) => Part<unknown>
  readonly append: (stream: string) => Part<unknown>
  readonly rows: () => Part<unknown>
}

/** Resolves to the round trips of a step whose statements were prepared before. */
async function tripsOf(
  prepare: (kinds: Kinds) => Part<unknown>[],
  isNamed: boolean,
): Promise<number> {
  await using proxy = await TcpProxy.start(created.dsn)
  await using database = await openPostgres({ dsn: proxy.dsn, max: 1 })
  await using state = await openStateStore({ database })
  await using artifacts = await openArtifactStore({ database })
  const rules = { database, strategy: 'truncation', bus: createEventBus() } as const
  await using memory = await openMemoryStore(rules)
  await using journal = await openJournalStore({ database })
  const kinds: Kinds = {
    save: () => {
      const eventId = newEventId()
      return state.prepare.save({ eventId, identity, kind: eventId, bytes: Buffer.from('a') })
    },
    put: () => artifacts.prepare.putText(session, newEventId()),
    turn: (owner = identity) =>
      memory.prepare.addTurn(owner, { userMessage: 'hi', assistantResponse: '' }),
    append: (stream) =>
      journal.prepare.append(session, stream, [{ entryId: newEventId(), bytes: Buffer.from('a') }]),
    rows: () => appRows(database, { sql: 'insert into tickets values ($1)', params: ['t'] }),
  }
  const make = () =>
    commitTogether({
      ...(isNamed && { stepId: newEventId() }),
      parts: Object.fromEntries(prepare(kinds).map((part, index) => [`part ${index}`, part])),
    })
  // The second one removes no old steps.
  await make()
  await make()
  const before = proxy.trips
  await make()
  return proxy.trips - before
}

const many = (count: number, prepare: (index: number) => Part<unknown>): Part<unknown>[] =>
  Array.from({ length: count }, (_each, index) => prepare(index))

test('X5 a step takes 2 round trips on Postgres, and one more for each 64 statements', async () => {
  for (const isNamed of [true, false]) {
    for (const [parts, trips] of [
      [2, 2],
      [10, 2],
      [64, 2],
      [65, 3],
      [100, 3],
      [130, 4],
    ] as const) {
      const half = ({ save, put }: Kinds) =>
        many(parts, (index) => (index % 2 === 0 ? save() : put()))
      expect([isNamed, parts, await tripsOf(half, isNamed)]).toEqual([isNamed, parts, trips])
    }
  }
  expect(await tripsOf(({ save }) => [save()], true)).toBe(2)
  expect(await tripsOf(({ save }) => [save()], false)).toBe(1)
  expect(await tripsOf(({ save, rows }) => [save(), rows(), rows()], true)).toBe(2)
})

test('X5 a step with turns takes 2 round trips on Postgres if its store changed the conversations last', async () => {
  const other = { ...identity, runId: 'r2' }
  for (const turns of [1, 2]) {
    const step = ({ save, put, turn }: Kinds) => [
      save(),
      save(),
      put(),
      ...many(turns, (index) => turn(index === 0 ? identity : other)),
    ]
    expect(await tripsOf(step, true)).toBe(2)
  }
})

test('X5 a step with turns takes 3 round trips on Postgres otherwise, however many conversations', async () => {
  for (const turns of [1, 2]) {
    const toNew = ({ save, turn }: Kinds) => [
      save(),
      ...many(turns, () => turn({ ...identity, runId: newEventId() })),
    ]
    expect(await tripsOf(toNew, true)).toBe(3)
  }
})

test('X5 a step with appends takes 3 round trips on Postgres, and 2 more for each further one to a stream', async () => {
  const trips = (prepare: (kinds: Kinds) => Part<unknown>[]) => tripsOf(prepare, true)
  expect(await trips(({ save, append }) => [save(), append('a'), append('b')])).toBe(3)
  expect(await trips(({ save, put, turn, append }) => [save(), put(), turn(), append('a')])).toBe(3)
  expect(await trips(({ save, append }) => [save(), append('a'), append('a')])).toBe(5)
})
