import { allOfRun, newEventId, type EventId } from '@harborage/core'
import { eventMark, openStateStore, type StateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { openPlace } from '../../opening/support/places.ts'
import { everyEngine, type TestPlace } from '../../opening/support/test-place.ts'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
const bytes = Buffer.from('step 3')
const PAST = new Date(1_000)
const FUTURE = new Date(8.64e15)

// A release without expiry names no column of it. So its update leaves the column as it is, and its
// insert takes the default.
describe.for(everyEngine)('beside a replica without expiry on $engine', ({ makePlace }) => {
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

  async function replaceAsBefore(kind: string): Promise<EventId> {
    const eventId = newEventId()
    const mark = `${eventMark(eventId)},`
    await place.runScript(`update state_records set event_id = '${eventId}', version = 1,
      event_trail = substr('${mark}' || event_trail, 1, 204) where kind = '${kind}'`)
    return eventId
  }

  test.for([
    ['has expired', PAST],
    ['will expire', FUTURE],
  ] as const)('a record that replaces one that %s does not expire', async ([, expiresAt]) => {
    const kind = `task.${expiresAt.getTime()}`
    await state.save({ eventId: newEventId(), identity, kind, bytes, expiresAt })
    const eventId = await replaceAsBefore(kind)
    expect(await state.load(identity, kind)).toMatchObject({ eventId, expiresAt: undefined })
    expect(await state.count(identity, kind)).toBe(1)
    expect(await state.touch(identity, kind, { ifEventId: eventId, expiresAt: PAST })).toBe(true)
    expect(await state.load(identity, kind)).toBeUndefined()
  })

  test('such a record is pruned by age, and not as an expired one', async () => {
    const kind = 'task.pruned'
    const updatedAt = new Date(5_000)
    await state.save({ eventId: newEventId(), identity, kind, bytes, updatedAt, expiresAt: PAST })
    await replaceAsBefore(kind)
    const rules = { kindPrefix: kind, olderThan: new Date(5_000) }
    expect(await state.prune(allOfRun(identity), rules)).toMatchObject({ pruned: 0 })
    const older = { ...rules, olderThan: new Date(5_001) }
    expect(await state.prune(allOfRun(identity), older)).toMatchObject({ pruned: 1 })
  })
})
