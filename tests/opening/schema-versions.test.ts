import { newEventId } from '@harborage/core'
import { openStateStore, type StateRecord, type StateStore } from '@harborage/state'
import { describe, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import {
  checkpoint,
  earlierDatabase,
  earlierRecords,
  replacedEventId,
} from './support/earlier-records.ts'
import { openPlace, type Place } from './support/places.ts'
import { everyEngine } from './support/test-place.ts'

async function open<Result>(
  place: Place,
  migrate: 'apply' | 'verify',
  use: (state: StateStore) => Promise<Result>,
): Promise<Result> {
  await using database = await openPlace(place)
  await using state = await openStateStore({ database, migrate })
  return await use(state)
}

async function everyRecord(state: StateStore): Promise<StateRecord[]> {
  const records: StateRecord[] = []
  for (const prefix of ['n', 's', 't']) {
    for await (const record of state.listKind({ maintenanceScoped: true }, prefix)) {
      records.push(record)
    }
  }
  return records
}

const nothing = async (): Promise<void> => {}

/**
 * Returns the parts of a line of the structure in no order. On SQLite, a column that a migration
 * adds is before the bytes if the table was empty, and behind them otherwise.
 */
function namesOf(line: string): readonly string[] {
  return line.split(/, |[()]/).toSorted()
}

describe.for(everyEngine)('on $engine', ({ engine, makePlace }) => {
  test('a database of an earlier version upgrades and keeps its records', async () => {
    await using place = await makePlace()
    await place.runScript(await earlierDatabase(engine))
    expect(await open(place, 'apply', everyRecord)).toEqual(earlierRecords)
  })

  test('an upgraded database remembers which event ids were used', async () => {
    await using place = await makePlace()
    await place.runScript(await earlierDatabase(engine))
    await open(place, 'apply', async (state) => {
      expect(await state.save(checkpoint)).toBe('unchanged')
      expect(await state.save({ ...checkpoint, eventId: replacedEventId })).toBe('superseded')
      await expect(state.save({ ...checkpoint, version: 3 })).rejects.toMatchObject({
        code: 'idempotency_conflict',
      })
    })
  })

  test('an upgraded database takes the oldest date that it knows for that of a filled slot', async () => {
    await using place = await makePlace()
    await place.runScript(await earlierDatabase(engine))
    await open(place, 'apply', async (state) => {
      const { identity, kind, updatedAt } = checkpoint
      for (const time of [1, 2]) {
        const record = { ...checkpoint, eventId: newEventId(), updatedAt: new Date(time) }
        expect(await state.save(record)).toBe('saved')
        expect(await state.loadOrThrow(identity, kind)).toEqual({ ...record, createdAt: updatedAt })
      }
    })
  })

  test('an upgraded database has the same tables as a new one', async () => {
    await using earlier = await makePlace()
    await using fresh = await makePlace()
    await earlier.runScript(await earlierDatabase(engine))
    expect(await earlier.structure()).not.toEqual([])
    await Promise.all([open(earlier, 'apply', nothing), open(fresh, 'apply', nothing)])
    expect((await earlier.structure()).map(namesOf)).toEqual((await fresh.structure()).map(namesOf))
  })

  test.for(['apply', 'verify'] as const)(
    'migrate rejects a database of a newer version and does not change it: %s',
    async (migrate) => {
      await using place = await makePlace()
      await open(place, 'apply', (state) => state.save(checkpoint))
      await place.runScript(
        `insert into harbor_state_migrations values ('9999_from_the_future', '2099-01-01T00:00:00.000Z')`,
      )
      const before = [await place.structure(), await place.content()]
      const failure = await failureOf(open(place, migrate, nothing))
      expect(failure).toMatchObject({ code: 'schema_too_new', retryable: false })
      expect(failure.message).toContain('9999_from_the_future')
      expect([await place.structure(), await place.content()]).toEqual(before)
    },
  )

  test('a newer version that lacks one of the known migrations is also rejected', async () => {
    await using place = await makePlace()
    await place.runScript(await earlierDatabase(engine))
    await place.runScript(
      `insert into harbor_state_migrations values ('9999_from_the_future', '2099-01-01T00:00:00.000Z')`,
    )
    const before = [await place.structure(), await place.content()]
    await expect(open(place, 'apply', nothing)).rejects.toMatchObject({ code: 'schema_too_new' })
    expect([await place.structure(), await place.content()]).toEqual(before)
  })

  test("migrate: 'verify' names every migration that an empty database lacks and makes nothing", async () => {
    await using place = await makePlace()
    const before = await place.structure()
    const failure = await failureOf(open(place, 'verify', nothing))
    expect(failure).toMatchObject({ code: 'schema_outdated', retryable: false })
    expect(failure.message).toContain('0001_create_state_records, 0002_index_by_kind')
    expect(await place.structure()).toEqual(before)
  })

  test("migrate: 'verify' names the migrations that an earlier version lacks and changes nothing", async () => {
    await using place = await makePlace()
    await place.runScript(await earlierDatabase(engine))
    const before = [await place.structure(), await place.content()]
    const failure = await failureOf(open(place, 'verify', nothing))
    expect(failure.code).toBe('schema_outdated')
    expect(failure.message).toContain(
      'lack the migrations 0002_index_by_kind, 0003_move_kinds_to_their_table, 0004_keep_event_ids_apart, 0005_keep_kinds_in_any_schema, 0006_add_created_at, 0008_add_expiry:',
    )
    expect([await place.structure(), await place.content()]).toEqual(before)
  })

  test("migrate: 'verify' opens a database that is up to date", async () => {
    await using place = await makePlace()
    await open(place, 'apply', (state) => state.save(checkpoint))
    expect(await open(place, 'verify', everyRecord)).toEqual([checkpoint])
  })
})

test("migrate: 'verify' does not make the schema that it was told to look in", async () => {
  const postgres = everyEngine.find(({ engine }) => engine === 'postgres')
  if (postgres === undefined) throw new Error('postgres is one of the engines')
  await using place = await postgres.makePlace()
  const before = await place.structure()
  await expect(open({ dsn: place.dsn, schema: 'absent' }, 'verify', nothing)).rejects.toMatchObject(
    { code: 'schema_outdated' },
  )
  expect(await place.structure()).toEqual(before)
})
