import type { RunIdentity } from '@harborage/core'
import { openStateStore, slotFamily, type StateStore, type TypedExpiry } from '@harborage/state'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'

import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'

const identity: RunIdentity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
const steps = slotFamily({ prefix: 'step.', schema: z.object({ cents: z.number() }) })
const slot = steps.slot('1')
const PAST = new Date(1_000)
const FUTURE = new Date(8.64e15)

describe('a typed slot that expires', () => {
  let store: StateStore
  beforeEach(async () => {
    store = await openStateStore()
  })
  afterEach(() => store.close())

  const expiryOf = async () => (await store.load(identity, slot.kind))?.expiresAt

  it('is empty once its value has expired, and can be filled again', async () => {
    await slot.save(store, identity, { cents: 1 }, { expiresAt: PAST })
    expect(await slot.load(store, identity)).toBeUndefined()
    expect(await collect(steps.list(store, identity))).toEqual([])
    const filled = await slot.saveIfEmpty(store, identity, { cents: 2 }, { expiresAt: FUTURE })
    expect(filled).toBe('saved')
    expect(await expiryOf()).toEqual(FUTURE)
    expect(await collect(steps.list(store, identity))).toMatchObject([{ value: { cents: 2 } }])
  })

  it('keeps an expiry until the next save or update, which has its own', async () => {
    await slot.save(store, identity, { cents: 1 }, { expiresAt: FUTURE })
    await slot.update(store, identity, () => ({ cents: 2 }))
    expect(await expiryOf()).toBeUndefined()
    await slot.update(store, identity, () => ({ cents: 3 }), { expiresAt: FUTURE })
    expect(await expiryOf()).toEqual(FUTURE)
    await slot.save(store, identity, { cents: 4 })
    expect(await expiryOf()).toBeUndefined()
  })

  it('passes nothing to an update that finds an expired value', async () => {
    await slot.save(store, identity, { cents: 1 }, { expiresAt: PAST })
    const update = (held: { cents: number } | undefined) => ({ cents: (held?.cents ?? 10) + 1 })
    expect(await slot.update(store, identity, update)).toEqual({ cents: 11 })
  })

  it('refuses a malformed expiry before it calls the schema', async () => {
    const calls = (options: TypedExpiry) => [
      () => slot.save(store, identity, { cents: 1 }, options),
      () => slot.saveIfEmpty(store, identity, { cents: 1 }, options),
      () => slot.update(store, identity, () => ({ cents: 1 }), options),
    ]
    for (const expiresAt of [new Date(0), new Date(Number.NaN)]) {
      for (const call of calls({ expiresAt })) {
        expect((await failureOf(call)).code).toBe('invalid_record')
      }
    }
    expect(await slot.load(store, identity)).toBeUndefined()
  })
})
