import { setImmediate } from 'node:timers/promises'

import { allOfTenant, newEventId } from '@harborage/core'
import { openStateStore, type StateStore } from '@harborage/state'
import { measure } from '@harborage/test-kit/measure'
import { describe, expect, test } from 'vitest'

import { openPlace } from '../../opening/support/places.ts'
import { everyEngine } from '../../opening/support/test-place.ts'

const WRITERS = 6
const ROUNDS = measure({ quick: 25, full: 400 })
const subtree = allOfTenant({ tenantId: 'acme' })
const OLD = new Date(1_000)
const RULES = { olderThan: new Date(2_000), kindPrefix: '' }

/**
 * Saves an old record, or one that has expired, and then a new one, over and over. A prune may
 * remove the first ones at any time, and never the new one.
 */
async function write(state: StateStore, writer: number): Promise<number> {
  const identity = { tenantId: 'acme', userId: 'ann', sessionId: `s${writer % 2}` }
  const slot = { identity, kind: `task.${writer}`, bytes: new Uint8Array([writer]) }
  let lost = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const doomed = round % 2 === 0 ? { updatedAt: OLD } : { expiresAt: OLD }
    const first = { ...slot, eventId: newEventId(), ...doomed }
    await state.save(first)
    const isAgain = round % 4 === 1
    if (isAgain) await state.delete(identity, slot.kind)
    // The same event id says nothing: what it names is another record since.
    const fresh = { ...slot, eventId: isAgain ? first.eventId : newEventId() }
    const saved = round % 3 === 0 ? await state.saveIfEmpty(fresh) : await state.save(fresh)
    const found = await state.load(identity, slot.kind)
    if (saved === 'saved' && found?.eventId !== fresh.eventId) lost += 1
    // An old one may be pruned whatever its expiry is.
    if (found?.eventId !== fresh.eventId) continue
    const expiresAt = new Date(8e15 + round)
    const isTouched = await state.touch(identity, slot.kind, {
      ifEventId: found.eventId,
      expiresAt,
    })
    if (isTouched && (await state.load(identity, slot.kind)) === undefined) lost += 1
  }
  return lost
}

async function pruneUntil(state: StateStore, isDone: () => boolean): Promise<number> {
  let pruned = 0
  while (!isDone()) {
    pruned += (await state.prune(subtree, RULES)).pruned
    await setImmediate()
  }
  return pruned
}

describe.for(everyEngine)('on $engine', ({ makePlace }) => {
  test('prunes of two replicas beside writers remove nothing that was saved since', async () => {
    await using place = await makePlace()
    await using one = await openPlace(place)
    await using other = await openPlace(place)
    await using writing = await openStateStore({ database: one })
    await using pruning = await openStateStore({ database: other })
    let isDone = false
    const prunes = [writing, pruning].map((state) => pruneUntil(state, () => isDone))
    const writers = Array.from({ length: WRITERS }, (_, writer) => write(writing, writer))
    const lost = await Promise.all(writers).finally(() => {
      isDone = true
    })
    expect(lost).toEqual(Array.from({ length: WRITERS }, () => 0))
    const [first = 0, second = 0] = await Promise.all(prunes)
    expect(first + second).toBeGreaterThan(0)
    await writing.prune(subtree, RULES)
    expect((await writing.prune(subtree, RULES)).pruned).toBe(0)
  })
})
