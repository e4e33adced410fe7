import { newEventId } from '@harborage/core'
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
    expect((await state?.load(session, 'session.note'))?.bytes).toBeDefined()
    const bytes = Buffer.from('x')
    await expect(
      state?.save({ identity: session, kind: 'session.note', eventId: newEventId(), bytes }),
    ).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(state?.delete(session, 'session.note')).rejects.toMatchObject({
      code: 'store_unavailable',
    })
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
