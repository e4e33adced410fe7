import { join } from 'node:path'
import { createEventBus, openDatabase } from '@harborage/core'
import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import { failureOf } from '@harborage/test-kit/failure-of'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { newEventId, openHarborage, type Harborage } from 'harborage'
import { expect, test } from 'vitest'

const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const memory = { strategy: 'truncation' } as const

/** Makes a step over all stores, and resolves to what they hold then. */
async function makeStep(harborage: Harborage) {
  const { state, artifacts, memory: turns, journal, commitTogether } = harborage
  const record = { eventId: newEventId(), identity: session, kind: 'step' }
  const { output } = await commitTogether({
    stepId: record.eventId,
    parts: {
      saved: state.prepare.save({ ...record, bytes: Buffer.from('1') }),
      output: artifacts.prepare.putText(session, 'output'),
      turn: turns.prepare.addTurn(session, { userMessage: 'hi', assistantResponse: 'ho' }),
      event: journal.prepare.append(session, 'events', [
        { entryId: record.eventId, bytes: Buffer.from('1') },
      ]),
    },
  })
  return {
    eventId: (await state.load(session, 'step'))?.eventId === record.eventId,
    text: await artifacts.getText(session, output.id),
    turns: (await turns.getLlmContext(session)).recentTurns.length,
    events: (await journal.head(session, 'events'))?.length,
  }
}

const whole = { eventId: true, text: 'output', turns: 1, events: 1 }

test('all stores are on one place: in memory, on SQLite and on Postgres', async () => {
  const created = await createDatabase()
  const folder = await temporaryFolder()
  const places = [
    {},
    { dsn: 'memory:' },
    { dsn: 'sqlite::memory:' },
    { dsn: `sqlite:${join(folder, 'a.db')}` },
    { dsn: created.dsn },
    { dsn: created.dsn, schema: 'agents' },
  ]
  for (const place of places) {
    await using harborage = await openHarborage({ ...place, memory })
    expect([place, await makeStep(harborage)]).toEqual([place, whole])
  }
  await created.drop()
})

test('what was written is there when it is opened again, and tables can be verified', async () => {
  const dsn = `sqlite:${join(await temporaryFolder(), 'a.db')}`
  expect(await failureOf(openHarborage({ dsn, migrate: 'verify' }))).toMatchObject({
    code: 'schema_outdated',
  })
  const first = await openHarborage({ dsn, memory })
  await makeStep(first)
  await first.close()
  await first.close()
  await using again = await openHarborage({ dsn, memory, migrate: 'verify' })
  expect(await again.state.load(session, 'step')).toMatchObject({ kind: 'step' })
})

test('a database that is passed stays open', async () => {
  await using database = await openDatabase('sqlite::memory:')
  const harborage = await openHarborage({ database, memory })
  expect(harborage.database).toBe(database)
  await makeStep(harborage)
  await harborage.close()
  expect(await failureOf(harborage.state.load(session, 'step'))).toMatchObject({
    code: 'store_closed',
  })
  await using again = await openHarborage({ database, memory })
  expect(await again.state.load(session, 'step')).toMatchObject({ kind: 'step' })
})

test('the order of kinds can be declined', async () => {
  await using harborage = await openHarborage({
    dsn: 'sqlite::memory:',
    state: { kindIndex: false },
  })
  const kinds = harborage.state.listKind({ maintenanceScoped: true }, 'step')
  expect(await failureOf(kinds[Symbol.asyncIterator]().next())).toMatchObject({
    code: 'kind_index_off',
  })
})

test('conversations keep no turns unless a strategy is given', async () => {
  await using harborage = await openHarborage()
  expect(await makeStep(harborage)).toEqual({ ...whole, turns: 0 })
})

test('a malformed configuration is refused, and nothing stays open', async () => {
  await using database = await openDatabase('sqlite::memory:')
  const wrong: readonly unknown[] = [
    null,
    'sqlite::memory:',
    { dns: 'sqlite::memory:' },
    { dsn: 7 },
    { dsn: '' },
    { dsn: 'sqlite::memory:', database },
    { dsn: undefined },
    { database: undefined },
    { migrate: 'never' },
    { dsn: 'sqlite::memory:', schema: 'agents' },
    { database, schema: 'agents' },
    { dsn: 'memory:', schema: 'agents' },
    { dsn: 'sqlite::memory:', migrate: 'later' },
    { memory: { strategy: 'truncation', budgetTokens: -1 } },
    { state: { kindIndex: 'no' } },
    { state: { dsn: 'sqlite::memory:' } },
    { memory: null },
    { memory: { strategy: 'truncation', bus: createEventBus() } },
    { memory: { dsn: 'sqlite::memory:' } },
    { memory: { database } },
    { memory: { driver: 'sqlite' } },
    { journal: { pollMs: 0 } },
    { journal: { poll: 100 } },
    { journal: { dsn: 'sqlite::memory:' } },
    { journal: { database } },
    { dsn: 'sqlite::memory:', journal: { dsn: 'sqlite::memory:' } },
  ]
  for (const config of wrong) {
    const failure = await failureOf(openHarborage(config as never))
    expect([config, failure]).toMatchObject([config, { code: 'invalid_config' }])
  }
  for (const dsn of ['mysql://host', './agent.db']) {
    const failure = await failureOf(openHarborage({ dsn }))
    expect(failure).toMatchObject({ code: 'unknown_driver' })
    expect(String(failure)).toMatch(/registered: .*sqlite/v)
  }
})
