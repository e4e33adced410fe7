import { allOfSession, commitTogether, newEventId } from '@harborage/core'
import { openStateStore } from '@harborage/state'
import { describe, expect, test } from 'vitest'
import { openDatabase } from '../src/places/open-database.ts'
import { openPlace } from '../src/places/open-place.ts'
import { engines, fill, session } from './support/filled-stores.ts'
import { placeOf } from './support/profile-of.ts'

describe.each(Object.entries(engines))('on %s', (_, place) => {
  test('the connection of a command that only reads refuses every change', async () => {
    const at = await place()
    await fill(at)
    await using open = await openPlace(placeOf(at.dsn))
    const { state } = open.stores
    if (state === undefined) throw new Error('the place has state')
    expect((await state.load(session, 'session.note'))?.bytes).toBeDefined()
    const record = (kind: string) => ({
      identity: session,
      kind,
      eventId: newEventId(),
      bytes: Buffer.from('x'),
    })
    const { database } = open
    const changes = [
      () => state.save(record('session.note')),
      () => state.commit({ save: [record('one'), record('two')] }),
      () => state.delete(session, 'session.note'),
      () => state.deleteAll(allOfSession(session)),
      () => commitTogether({ stepId: 'a', parts: { a: state.prepare.save(record('one')) } }),
      () => database?.migrate({ name: 'none', tables: [] }, async () => {}),
    ]
    for (const change of changes) {
      await expect(change()).rejects.toMatchObject({
        code: 'store_unavailable',
        retryable: false,
      })
    }
    expect((await state.load(session, 'session.note'))?.bytes).toBeDefined()
  })

  test('the connection of a command that writes does not', async () => {
    const at = await place()
    await fill(at)
    await using database = await openDatabase(placeOf(at.dsn), { access: 'write' })
    await using state = await openStateStore({ database })
    const bytes = Buffer.from('x')
    expect(await state.save({ identity: session, kind: 'new', eventId: newEventId(), bytes })).toBe(
      'saved',
    )
  })
})
