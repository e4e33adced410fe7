import { type CallOptions, newEventId, type RunIdentity } from '@harborage/core'
import { defineSlot, openStateStore, type StateStore } from '@harborage/state'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'

const identity: RunIdentity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
const costs = defineSlot({ kind: 'session.costs', schema: z.object({ cents: z.int().min(0) }) })

describe('a call of a typed slot', () => {
  let store: StateStore
  beforeEach(async () => {
    store = await openStateStore()
  })
  afterEach(() => store.close())

  it('uses the identity as it is at the call, even if that object changes later', async () => {
    const left = async (call: (whose: RunIdentity) => Promise<unknown>) => {
      const mine = { ...identity, runId: newEventId() }
      const theirs = { ...identity, runId: newEventId() }
      for (const whose of [mine, theirs]) await costs.save(store, whose, { cents: 7 })
      const given = { ...mine }
      const calling = call(given)
      given.runId = theirs.runId
      await calling
      return [await costs.load(store, mine), await costs.load(store, theirs)]
    }
    const written = [{ cents: 1 }, { cents: 7 }]
    expect(await left((whose) => costs.save(store, whose, { cents: 1 }))).toEqual(written)
    expect(await left((whose) => costs.update(store, whose, () => ({ cents: 1 })))).toEqual(written)
    const commit = async (whose: RunIdentity) =>
      store.commit({ save: [await costs.record(whose, { cents: 1 })] })
    expect(await left(commit)).toEqual(written)
    expect(await left((whose) => costs.delete(store, whose))).toEqual([undefined, { cents: 7 }])
  })

  it('checks that the store is open, then the identity, then the other arguments', async () => {
    const closed = await openStateStore()
    await closed.close()
    const incomplete = { ...identity, tenantId: '' }
    const wrong = 7 as never
    const calls = (on: StateStore, whose: RunIdentity): Promise<unknown>[] => [
      costs.load(on, whose, wrong),
      costs.loadWithEventId(on, whose, wrong),
      costs.loadMany(on, [whose], wrong),
      costs.save(on, whose, wrong, wrong),
      costs.delete(on, whose, wrong),
      costs.update(on, whose, wrong, wrong),
    ]
    for (const [on, whose, code] of [
      [closed, incomplete, 'store_closed'],
      [store, incomplete, 'identity_required'],
      [store, identity, 'invalid_record'],
    ] as const) {
      for (const call of calls(on, whose)) await expect(call).rejects.toMatchObject({ code })
    }
    await expect(costs.record(incomplete, wrong)).rejects.toMatchObject({
      code: 'identity_required',
    })
  })

  it('reads options that are inherited, or come from a getter', async () => {
    await costs.save(store, identity, { cents: 1 })
    class Guarded {
      get ifEventId(): null {
        return null
      }
    }
    for (const options of [new Guarded(), Object.create({ ifEventId: null }) as Guarded]) {
      await expect(costs.save(store, identity, { cents: 2 }, options)).rejects.toMatchObject({
        code: 'condition_failed',
      })
    }
    const reason = new Error('the user left')
    const aborted = Object.create({ signal: AbortSignal.abort(reason) }) as CallOptions
    await expect(costs.save(store, identity, { cents: 2 }, aborted)).rejects.toBe(reason)
    await expect(costs.update(store, identity, () => ({ cents: 2 }), aborted)).rejects.toBe(reason)
    expect(await costs.load(store, identity)).toEqual({ cents: 1 })
  })

  it.each<[what: string, options: unknown]>([
    ['a signal', AbortSignal.abort()],
    ['a string', 'signal'],
    ['a misspelled option', { ifEventID: null }],
    ['an ifEventId that is undefined', { ifEventId: undefined }],
    ['an event id that is undefined', { eventId: undefined }],
    ['an event id that is null', { eventId: null }],
  ])('rejects %s as its options', async (_, given) => {
    const options = given as never
    for (const call of [
      costs.save(store, identity, { cents: 1 }, options),
      costs.update(store, identity, () => ({ cents: 1 }), options),
    ]) {
      await expect(call).rejects.toMatchObject({ code: 'invalid_record' })
    }
    expect(await costs.load(store, identity)).toBeUndefined()
  })
})
