import { newEventId } from '@harborage/core'
import { openStateStore } from '@harborage/state'
import { describe, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { earlierDatabase } from './support/earlier-records.ts'
import { openPlace } from './support/places.ts'
import { everyEngine } from './support/test-place.ts'

const note = {
  identity: { tenantId: 'acme', userId: 'ann', sessionId: 's1' },
  kind: 'note',
  bytes: new Uint8Array([1]),
}

describe.for(everyEngine)('on $engine', ({ engine, makePlace }) => {
  test('a foreign table of the same name fails the migration, which leaves no trace', async () => {
    await using place = await makePlace()
    await place.runScript('create table state_records (theirs text)')
    const before = await place.structure()
    await using database = await openPlace(place)
    const failure = await failureOf(openStateStore({ database }))
    expect(failure).toMatchObject({ code: 'migration_failed', retryable: false })
    expect(String(failure.cause)).toContain('state_records')
    expect(await place.structure()).toEqual(before)
  })

  test('the same database opens once the cause is gone', async () => {
    await using place = await makePlace()
    await place.runScript('create table state_records (theirs text)')
    await using database = await openPlace(place)
    await expect(openStateStore({ database })).rejects.toMatchObject({ code: 'migration_failed' })
    await place.runScript('drop table state_records')
    await using state = await openStateStore({ database })
    expect(await state.save({ ...note, eventId: newEventId() })).toBe('saved')
  })

  test('the failure of the last migration rolls back those before it', async () => {
    await using place = await makePlace()
    await place.runScript(
      'create table theirs (x text); create index state_records_kind_idx on theirs (x)',
    )
    const before = await place.structure()
    await using database = await openPlace(place)
    await expect(openStateStore({ database })).rejects.toMatchObject({ code: 'migration_failed' })
    expect(await place.structure()).toEqual(before)

    await place.runScript('drop table theirs')
    await using state = await openStateStore({ database })
    expect(await state.save({ ...note, eventId: newEventId() })).toBe('saved')
  })

  test('a migration that fails on an earlier version leaves that version as it was', async () => {
    await using place = await makePlace()
    await place.runScript(await earlierDatabase(engine))
    await place.runScript(
      'create table theirs (x text); create index state_records_kind_idx on theirs (x)',
    )
    const before = [await place.structure(), await place.content()]
    await using database = await openPlace(place)
    await expect(openStateStore({ database })).rejects.toMatchObject({ code: 'migration_failed' })
    expect([await place.structure(), await place.content()]).toEqual(before)
  })
})
