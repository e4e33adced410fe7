import { newEventId } from '@harborage/core'
import { defineSlot, openStateStore, type StateStore } from '@harborage/state'
import { failureOf } from '@harborage/test-kit/failure-of'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { openPlace } from '../../opening/support/places.ts'
import { everyEngine } from '../../opening/support/test-place.ts'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const kind = 'session.costs'
const costs = defineSlot({ kind, schema: z.object({ cents: z.number() }) })
const PAST = new Date(1_000)

/** Makes an update that may be repeated. */
function updateOf(state: StateStore) {
  const eventId = newEventId()
  const to = (cents: number) => costs.update(state, identity, () => ({ cents }), { eventId })
  return { eventId, to }
}

async function checkReplaced(state: StateStore): Promise<void> {
  const update = updateOf(state)
  await update.to(1)
  await costs.save(state, identity, { cents: 2 }, { expiresAt: PAST })
  const failure = await failureOf(() => update.to(1))
  expect(failure).toMatchObject({ code: 'idempotency_conflict', retryable: false })
  expect(failure.message).toContain('expired')
  expect(await costs.load(state, identity)).toBeUndefined()
}

async function checkOwn(state: StateStore): Promise<void> {
  const update = updateOf(state)
  await update.to(1)
  await state.touch(identity, kind, { ifEventId: update.eventId, expiresAt: PAST })
  expect(await update.to(1)).toEqual({ cents: 1 })
  const failure = await failureOf(() => update.to(2))
  expect(failure).toMatchObject({ code: 'idempotency_conflict', retryable: false })
  expect(failure.message).toContain('expired')
  expect(await costs.load(state, identity)).toBeUndefined()
}

const checks = {
  'a repeated update ends if what replaced its value has expired, and is not applied again':
    checkReplaced,
  'a repeated update whose own value has expired answers as a repeated save': checkOwn,
}

describe.each(Object.entries(checks))('%s', (_, check) => {
  test('in memory', async () => {
    await using state = await openStateStore()
    await check(state)
  })

  test.for(everyEngine)('on $engine', async ({ makePlace }) => {
    await using place = await makePlace()
    await using database = await openPlace(place)
    await using state = await openStateStore({ database })
    await check(state)
  })
})
