import { newEventId } from '@harborage/core'
import { openStateStore, type StateStore } from '@harborage/state'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { openPlace } from '../../opening/support/places.ts'
import { everyEngine, type TestPlace } from '../../opening/support/test-place.ts'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
const kind = 'task.checkpoint'
const bytes = Buffer.from('step 3')

const everywhere = [
  ['without an event id', `event_id = ''`],
  ['whose event id is too long', `event_id = '${'4111'.repeat(33)}'`],
  ['whose version is negative', 'version = -4111'],
  ['without an event id and a version', `event_id = '', version = -1`],
  ['whose time is none', 'updated_at = 9000000000000000'],
  ['whose first time is none', 'created_at = 9000000000000000'],
  ['whose expiry is none', `expiry = '4111'`],
  ['whose expiry is beyond all dates', `expiry = '9999999999994111' || substr(event_trail, 1, 12)`],
] as const

// Only SQLite keeps values of another type than that of their column.
const onSqlite = [
  ['whose version is a text', `version = 'my card 4111'`],
  ['whose version has a fraction', 'version = 4111.5'],
  ['whose time is a text', `updated_at = 'my card 4111'`],
  ['whose first time is a text', `created_at = 'my card 4111'`],
  ['whose bytes are a text', `bytes = 'my card 4111'`],
] as const

describe.for(everyEngine)('a row on $engine', ({ engine, makePlace }) => {
  let place: TestPlace
  let state: StateStore
  let close: () => Promise<void>
  beforeAll(async () => {
    place = await makePlace()
    const database = await openPlace(place)
    state = await openStateStore({ database })
    close = async () => {
      await state.close()
      await database.close()
      await place[Symbol.asyncDispose]()
    }
  })
  afterAll(() => close())
  beforeEach(() => state.save({ eventId: newEventId(), identity, kind, bytes }).then(() => {}))

  test.for([...everywhere, ...(engine === 'sqlite' ? onSqlite : [])])(
    '%s is reported as damaged, and can be deleted and saved again',
    async ([, change]) => {
      await place.runScript(`update state_records set ${change}`)
      const next = { eventId: newEventId(), identity, kind, bytes }
      for (const call of [
        () => state.load(identity, kind),
        () => state.list(identity, 'task.')[Symbol.asyncIterator]().next(),
        () => state.listKind({ maintenanceScoped: true }, 'task.')[Symbol.asyncIterator]().next(),
        () => state.save(next, { ifEventId: newEventId() }),
        () => state.save(next, { ifEventId: null }),
        () => state.commit({ save: [next], expect: [{ identity, kind, eventId: newEventId() }] }),
      ]) {
        const failure = await failureOf(call)
        expect(failure).toMatchObject({ code: 'store_unavailable', retryable: false })
        expect(failure.message).toContain('damaged')
        expect(`${String(failure)} ${String(failure.cause)}`).not.toContain('4111')
      }
      expect(await state.delete(identity, kind)).toBe(true)
      expect(await state.save(next)).toBe('saved')
      expect((await state.loadOrThrow(identity, kind)).eventId).toBe(next.eventId)
    },
  )

  test('without an event id is reported by a delete that expects one', async () => {
    await place.runScript(`update state_records set event_id = ''`)
    const deleting = state.delete(identity, kind, { ifEventId: newEventId() })
    expect(await failureOf(deleting)).toMatchObject({ code: 'store_unavailable', retryable: false })
  })
})
