import { setImmediate as nextRound } from 'node:timers/promises'

import { HarborageError, isHarborageError, newEventId, type RunIdentity } from '@harborage/core'
import {
  defineSlot,
  InMemoryStateDriver,
  openStateStore,
  StateStore,
  type Condition,
  type SaveOutcome,
  type StateRecord,
} from '@harborage/state'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'

const identity: RunIdentity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
const kind = 'session.costs'
const costs = defineSlot({ kind, schema: z.object({ cents: z.int().min(0) }) })

describe('updating a typed slot', () => {
  let store: StateStore
  beforeEach(async () => {
    store = await openStateStore()
  })
  afterEach(() => store.close())

  const addOne = (held: { cents: number } | undefined) => ({ cents: (held?.cents ?? 0) + 1 })

  it('changes an empty slot and a full one, and returns the saved value', async () => {
    expect(await costs.update(store, identity, addOne)).toEqual({ cents: 1 })
    expect(await costs.update(store, identity, async (held) => addOne(held))).toEqual({
      cents: 2,
    })
    expect(await costs.load(store, identity)).toEqual({ cents: 2 })
  })

  it('loses none of 32 concurrent increments', async () => {
    const callers = Array.from({ length: 32 }, () => costs.update(store, identity, addOne))
    const values = (await Promise.all(callers)).map(({ cents }) => cents)
    expect(values.toSorted((left, right) => left - right)).toEqual(
      Array.from({ length: 32 }, (_, index) => index + 1),
    )
    expect(await costs.load(store, identity)).toEqual({ cents: 32 })
  })

  it('loses none of 500 concurrent increments, and none fails', async () => {
    const callers = Array.from({ length: 500 }, () => costs.update(store, identity, addOne))
    const values = (await Promise.all(callers)).map(({ cents }) => cents)
    expect(new Set(values).size).toBe(500)
    expect(await costs.load(store, identity)).toEqual({ cents: 500 })
  })

  it('calls change about once for each of many concurrent increments', async () => {
    let asked = 0
    const callers = Array.from({ length: 500 }, () =>
      costs.update(store, identity, (held) => {
        asked += 1
        return addOne(held)
      }),
    )
    await Promise.all(callers)
    // A few run without a turn, and only those can conflict.
    expect(asked).toBeLessThan(520)
  })

  it('does not block later updates of a slot while an earlier one waits for one of them', async () => {
    const later = Promise.withResolvers<void>()
    let asked = 0
    const first = costs.update(store, identity, async (held) => {
      asked += 1
      if (asked === 1) await costs.save(store, identity, { cents: 10 })
      else await later.promise
      return addOne(held)
    })
    await until(() => asked === 2)
    await costs.update(store, identity, addOne)
    later.resolve()
    expect(await first).toEqual({ cents: 12 })
  })

  it('leaves the queue when its signal is aborted, and does not delay later updates', async () => {
    const holder = Promise.withResolvers<void>()
    let asked = 0
    const first = costs.update(store, identity, async (held) => {
      asked += 1
      if (asked === 1) await costs.save(store, identity, { cents: 10 })
      else await holder.promise
      return addOne(held)
    })
    await until(() => asked === 2)
    const controller = new AbortController()
    const second = costs.update(store, identity, addOne, { signal: controller.signal })
    const third = costs.update(store, identity, addOne)
    const reason = new Error('the user left')
    controller.abort(reason)
    await expect(second).rejects.toBe(reason)
    holder.resolve()
    expect(await first).toEqual({ cents: 11 })
    expect(await third).toEqual({ cents: 12 })
  })

  it('rejects all updates in the queue once the store is closed', async () => {
    const holder = Promise.withResolvers<void>()
    let asked = 0
    const first = costs.update(store, identity, async (held) => {
      asked += 1
      if (asked === 1) await costs.save(store, identity, { cents: 10 })
      else await holder.promise
      return addOne(held)
    })
    await until(() => asked === 2)
    const others = Array.from({ length: 10 }, () => costs.update(store, identity, addOne))
    await store.close()
    holder.resolve()
    for (const call of [first, ...others]) {
      await expect(call).rejects.toMatchObject({ code: 'store_closed' })
    }
  })

  it('starts again with the value that another writer saved in between', async () => {
    let asked = 0
    const value = await costs.update(store, identity, async (held) => {
      asked += 1
      if (asked === 1) await costs.save(store, identity, { cents: 10 })
      return addOne(held)
    })
    expect(value).toEqual({ cents: 11 })
    expect(asked).toBe(2)
  })

  it('fails when another writer saved first in every attempt', async () => {
    let asked = 0
    const updating = costs.update(
      store,
      identity,
      async (held) => {
        asked += 1
        await costs.save(store, identity, { cents: asked * 10 })
        return addOne(held)
      },
      { attempts: 3 },
    )
    await expect(updating).rejects.toMatchObject({ code: 'condition_failed' })
    expect(asked).toBe(3)
    expect(await costs.load(store, identity)).toEqual({ cents: 30 })
  })

  it('rejects an invalid number of attempts', async () => {
    for (const attempts of [0, -1, 1.5, Number.NaN]) {
      await expect(costs.update(store, identity, addOne, { attempts })).rejects.toMatchObject({
        code: 'invalid_record',
      })
    }
    expect(await costs.load(store, identity)).toBeUndefined()
  })

  it('saves nothing if change throws or its value does not match the schema', async () => {
    await costs.save(store, identity, { cents: 1 })
    const refusal = new Error('not today')
    await expect(costs.update(store, identity, () => Promise.reject(refusal))).rejects.toBe(refusal)
    await expect(costs.update(store, identity, () => ({ cents: -1 }))).rejects.toMatchObject({
      code: 'invalid_record',
    })
    expect(await costs.load(store, identity)).toEqual({ cents: 1 })
  })

  describe('with an event id', () => {
    it('may be repeated after its answer was lost, and is applied once', async () => {
      await using forgetful = new StateStore(new ForgetfulDriver())
      await costs.save(forgetful, identity, { cents: 5 })
      const options = { eventId: newEventId() }
      let asked = 0
      const add = () =>
        costs.update(
          forgetful,
          identity,
          (held) => {
            asked += 1
            return addOne(held)
          },
          options,
        )
      await expect(add()).rejects.toMatchObject({ code: 'outcome_unknown' })
      expect(await add()).toEqual({ cents: 6 })
      expect(asked).toBe(1)
      expect(await costs.loadWithEventId(forgetful, identity)).toEqual({
        value: { cents: 6 },
        ...options,
      })
    })

    it('returns what the slot holds now if the value was replaced since', async () => {
      const options = { eventId: newEventId() }
      await costs.update(store, identity, addOne, options)
      await costs.update(store, identity, addOne)
      expect(await costs.update(store, identity, addOne, options)).toEqual({ cents: 2 })
      expect(await costs.load(store, identity)).toEqual({ cents: 2 })
    })

    it('is applied once when it is repeated while it is in progress', async () => {
      const options = { eventId: newEventId() }
      let asked = 0
      const add = () =>
        costs.update(
          store,
          identity,
          (held) => ({ cents: (held?.cents ?? 0) + (asked += 1) }),
          options,
        )
      const [first, second] = await Promise.all([add(), add()])
      expect(asked).toBe(2)
      expect(first).toEqual(second)
      expect(await costs.load(store, identity)).toEqual(first)
    })

    it('is applied once when the value is replaced before a concurrent repetition sees it', async () => {
      await using busy = new StateStore(new BusyDriver())
      const options = { eventId: newEventId() }
      const add = (cents: number) => costs.update(busy, identity, () => ({ cents }), options)
      const [first, second] = await Promise.all([add(1), add(2)])
      expect(first).toEqual({ cents: 1 })
      expect(second).toEqual({ cents: 9 })
      expect(await costs.load(busy, identity)).toEqual({ cents: 9 })
    })

    it('uses that event id in every attempt', async () => {
      const eventId = newEventId()
      let asked = 0
      await costs.update(
        store,
        identity,
        async (held) => {
          asked += 1
          if (asked === 1) await costs.save(store, identity, { cents: 10 })
          return addOne(held)
        },
        { eventId },
      )
      expect(asked).toBe(2)
      expect(await costs.loadWithEventId(store, identity)).toEqual({
        value: { cents: 11 },
        eventId,
      })
    })

    it('is applied again to a slot that was deleted since, which forgets its event ids', async () => {
      const options = { eventId: newEventId() }
      await costs.update(store, identity, addOne, options)
      await costs.delete(store, identity)
      expect(await costs.update(store, identity, addOne, options)).toEqual({ cents: 1 })
    })

    it('rejects an event id that another slot of the tenant holds', async () => {
      const eventId = newEventId()
      await costs.save(store, { ...identity, runId: 'r2' }, { cents: 1 }, { eventId })
      await expect(costs.update(store, identity, addOne, { eventId })).rejects.toMatchObject({
        code: 'idempotency_conflict',
      })
      expect(await costs.load(store, identity)).toBeUndefined()
    })
  })

  it('stops when its signal is aborted', async () => {
    const controller = new AbortController()
    const reason = new Error('the user left')
    const updating = costs.update(
      store,
      identity,
      (held) => {
        controller.abort(reason)
        return addOne(held)
      },
      { signal: controller.signal },
    )
    await expect(updating).rejects.toBe(reason)
    expect(await costs.load(store, identity)).toBeUndefined()
  })
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextRound()
}

/** Loses the answer to the first conditional save. */
class ForgetfulDriver extends InMemoryStateDriver {
  #hasForgotten = false

  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    const outcome = await super.save(record, condition)
    if (this.#hasForgotten || condition === undefined) return outcome
    this.#hasForgotten = true
    throw new HarborageError('outcome_unknown', 'the answer was lost')
  }
}

/** Saves another value into the slot before it reports that an event id is taken. */
class BusyDriver extends InMemoryStateDriver {
  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    try {
      return await super.save(record, condition)
    } catch (error) {
      if (isHarborageError(error, 'idempotency_conflict')) {
        const bytes = new TextEncoder().encode(JSON.stringify({ cents: 9 }))
        await super.save({ ...record, eventId: newEventId(), bytes }, undefined)
      }
      throw error
    }
  }
}
