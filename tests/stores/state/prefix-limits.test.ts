import { newEventId, type Database } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import { MAX_COMMIT_ENTRIES, MAX_PREFIX_SLOTS, openStateStore } from '@harborage/state'
import { failureOf } from '@harborage/test-kit/failure-of'
import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import { expect, onTestFinished, test } from 'vitest'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
const records = Array.from({ length: MAX_PREFIX_SLOTS + 1 }, (_, index) => ({
  eventId: newEventId(),
  identity,
  kind: `${index % 2 === 0 ? 'even' : 'odd'}.${index}`,
  bytes: new Uint8Array([1]),
}))

const engines: readonly [name: string, open: () => Promise<Database | undefined>][] = [
  ['in memory', async () => undefined],
  ['on SQLite', () => openSqlite({ dsn: ':memory:' })],
  [
    'on Postgres',
    async () => {
      const database = await createDatabase()
      onTestFinished(() => database.drop())
      return openPostgres({ dsn: database.dsn })
    },
  ],
]

test.for(engines)(
  '%s the prefixes of a commit empty 10,000 slots of a run, and no more',
  async ([, open]) => {
    const database = await open()
    const state = await openStateStore(database && { database })
    for (let from = 0; from < records.length; from += MAX_COMMIT_ENTRIES) {
      await state.commit({ save: records.slice(from, from + MAX_COMMIT_ENTRIES) })
    }
    const other = { ...records[0], identity: { ...identity, runId: 'r2' }, eventId: newEventId() }
    await state.commit({ save: [{ kind: 'odd.x', bytes: new Uint8Array(), ...other }] })
    const prefixes = [
      { identity: other.identity, kindPrefix: '' },
      { identity, kindPrefix: 'even.' },
      { identity, kindPrefix: 'odd.' },
    ]
    const failure = await failureOf(state.commit({ deletePrefix: prefixes }))
    expect(failure).toMatchObject({
      code: 'result_too_large',
      entry: { list: 'deletePrefix', index: 2 },
    })
    expect(await state.count(identity, '')).toBe(records.length)
    const spared = { ...records[7], eventId: newEventId() }
    const { kind = '' } = spared
    const outcome = await state.commit({
      saveIfEmpty: [{ bytes: new Uint8Array(), ...spared, identity, kind }],
      deletePrefix: prefixes,
    })
    const deleted = MAX_PREFIX_SLOTS + 1
    expect(outcome).toEqual({ repeated: false, save: [], saveIfEmpty: ['kept'], deleted })
    expect(await state.count(identity, '')).toBe(1)
    await state.close()
    await database?.close()
  },
)
