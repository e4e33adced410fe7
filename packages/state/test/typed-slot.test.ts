import {
  newEventId,
  OutcomeUnknownError,
  type CallOptions,
  type RunIdentity,
} from '@harborage/core'
import {
  defineSlot,
  InMemoryStateDriver,
  openStateStore,
  StateStore,
  type Condition,
  type SaveOutcome,
  type StateRecord,
} from '@harborage/state'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { failureOf } from './support/failure-of.ts'

const identity: RunIdentity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
const kind = 'session.costs'
const costs = defineSlot({ kind, schema: z.object({ cents: z.int().min(0) }) })

describe('a typed slot', () => {
  let store: StateStore
  beforeEach(async () => {
    store = await openStateStore()
  })
  afterEach(() => store.close())

  const saveText = (text: string, version = 0) =>
    store.save({ eventId: newEventId(), identity, kind, bytes: Buffer.from(text), version })

  describe('loading and saving', () => {
    it('gives back what was saved, and undefined while it is empty', async () => {
      expect(await costs.load(store, identity)).toBeUndefined()
      expect(await costs.loadWithEventId(store, identity)).toBeUndefined()
      expect(await costs.save(store, identity, { cents: 12 })).toBe('saved')
      expect(await costs.load(store, identity)).toEqual({ cents: 12 })
    })

    it('keeps the value as JSON, under its kind and version', async () => {
      const third = defineSlot({ kind, schema: z.unknown(), version: 3 })
      await third.save(store, identity, { cents: 12 })
      const record = await store.loadOrThrow(identity, kind)
      expect(Buffer.from(record.bytes).toString()).toBe('{"cents":12}')
      expect(record.version).toBe(3)
    })

    it('is idempotent on the event id that it is given', async () => {
      const eventId = newEventId()
      expect(await costs.save(store, identity, { cents: 1 }, { eventId })).toBe('saved')
      expect(await costs.save(store, identity, { cents: 1 }, { eventId })).toBe('unchanged')
      await expect(costs.save(store, identity, { cents: 2 }, { eventId })).rejects.toMatchObject({
        code: 'idempotency_conflict',
      })
    })

    it('saves only over the generation that it is told', async () => {
      await costs.save(store, identity, { cents: 1 }, { ifEventId: null })
      const held = await costs.loadWithEventId(store, identity)
      expect(held?.value).toEqual({ cents: 1 })
      const ifEventId = held?.eventId ?? null
      await costs.save(store, identity, { cents: 2 }, { ifEventId })
      await expect(costs.save(store, identity, { cents: 3 }, { ifEventId })).rejects.toMatchObject({
        code: 'condition_failed',
      })
      expect(await costs.load(store, identity)).toEqual({ cents: 2 })
    })

    it('deletes, and says whether there was something', async () => {
      await costs.save(store, identity, { cents: 1 })
      expect(await costs.delete(store, identity)).toBe(true)
      expect(await costs.delete(store, identity)).toBe(false)
      expect(await costs.load(store, identity)).toBeUndefined()
    })

    it('joins a commit with others', async () => {
      const notes = defineSlot({ kind: 'session.notes', schema: z.string() })
      const save = [
        await costs.record(identity, { cents: 5 }),
        await notes.record(identity, 'paid'),
      ]
      expect(await store.commit({ save })).toEqual(['saved', 'saved'])
      expect(await costs.load(store, identity)).toEqual({ cents: 5 })
      expect(await notes.load(store, identity)).toBe('paid')
      expect(await costs.decode(await store.loadOrThrow(identity, kind))).toEqual({ cents: 5 })
    })
  })

  describe('the schema', () => {
    it('refuses a value that does not fit, and saves nothing', async () => {
      await expect(costs.save(store, identity, { cents: -1 })).rejects.toMatchObject({
        code: 'invalid_record',
      })
      expect(await store.load(identity, kind)).toBeUndefined()
    })

    it('refuses what is stored if it does not fit', async () => {
      for (const text of ['{"cents":-1}', '{}', 'null', '{"cents":', '', '\ufffe']) {
        await saveText(text)
        await expect(costs.load(store, identity)).rejects.toMatchObject({
          code: 'invalid_record',
        })
      }
    })

    it('tells what is wrong in its cause, and nothing of the value or its keys in its message', async () => {
      const tokens = defineSlot({ kind: 'session.tokens', schema: z.record(z.string(), z.int()) })
      const given = { '5ecret-key': '5ecret-value' as never }
      const record = { eventId: newEventId(), identity, kind: 'session.tokens' }
      await store.save({ ...record, bytes: Buffer.from(JSON.stringify(given)) })
      for (const call of [
        () => tokens.load(store, identity),
        () => tokens.save(store, identity, given),
      ]) {
        const failure: unknown = await call().catch((error: unknown) => error)
        expect(failure).toMatchObject({
          code: 'invalid_record',
          cause: [{ path: ['5ecret-key'] }],
        })
        expect(String(failure)).toContain('session.tokens')
        expect(String(failure)).not.toContain('5ecret')
      }
    })

    it('refuses a value that cannot be looked at a second time', async () => {
      const tokens = defineSlot({ kind: 'session.cents', schema: z.object({ cents: z.number() }) })
      let looks = 0
      const hostile = {
        get cents(): number {
          looks += 1
          if (looks > 1) throw new Error('5ecret')
          return Number.NaN
        },
      }
      const failure = await failureOf(() => tokens.save(store, identity, hostile))
      expect(failure.code).toBe('invalid_record')
      expect(failure.message).toContain('does not fit its schema')
      expect(looks).toBeGreaterThan(1)
    })

    it('catches at the save what would not load again, such as a Date', async () => {
      const seen = defineSlot({ kind: 'session.seen', schema: z.object({ at: z.date() }) })
      const saving = seen.save(store, identity, { at: new Date(0) })
      await expect(saving).rejects.toMatchObject({ code: 'invalid_record' })
      await expect(saving).rejects.toThrow('no longer fits its schema once it is JSON')
      expect(await store.load(identity, 'session.seen')).toBeUndefined()
      const coerced = defineSlot({
        kind: 'session.seen',
        schema: z.object({ at: z.coerce.date() }),
      })
      await coerced.save(store, identity, { at: new Date(1_234) })
      expect(await coerced.load(store, identity)).toEqual({ at: new Date(1_234) })
    })

    it('refuses a value without a JSON form', async () => {
      const anything = defineSlot({ kind, schema: z.unknown() })
      const circle: { self?: unknown } = {}
      circle.self = circle
      for (const value of [undefined, () => 1, Symbol('s'), 1n, circle]) {
        await expect(anything.save(store, identity, value)).rejects.toMatchObject({
          code: 'invalid_record',
        })
      }
    })

    it('may be asynchronous, and of any make', async () => {
      const even = defineSlot({ kind, schema: evenNumber })
      await even.save(store, identity, 2)
      expect(await even.load(store, identity)).toBe(2)
      await expect(even.save(store, identity, 3)).rejects.toMatchObject({ code: 'invalid_record' })
      expect(await even.load(store, identity)).toBe(2)
    })
  })

  describe('versions', () => {
    const dollars = defineSlot({
      kind,
      schema: z.object({ cents: z.int() }),
      version: 2,
      migrate: (value, fromVersion) => {
        const old = z.object({ dollars: z.number() }).parse(value)
        return { cents: Math.round(old.dollars * 100) + fromVersion }
      },
    })

    it('brings an older value up to date before it is validated', async () => {
      await saveText('{"dollars":1.5}', 1)
      expect(await dollars.load(store, identity)).toEqual({ cents: 151 })
      await saveText('{"dollars":1.5}', 0)
      expect(await dollars.load(store, identity)).toEqual({ cents: 150 })
    })

    it('leaves a value of its own version as it is', async () => {
      await saveText('{"cents":7}', 2)
      expect(await dollars.load(store, identity)).toEqual({ cents: 7 })
    })

    it('saves an updated value in its own version', async () => {
      await saveText('{"dollars":1}', 0)
      await dollars.update(store, identity, (held) => ({ cents: (held?.cents ?? 0) + 1 }))
      const { version } = await store.loadOrThrow(identity, kind)
      expect(version).toBe(2)
      expect(await dollars.load(store, identity)).toEqual({ cents: 101 })
    })

    it('may migrate asynchronously', async () => {
      const slow = defineSlot({
        kind,
        schema: z.string(),
        version: 1,
        migrate: async (value) => `${z.number().parse(value)}`,
      })
      await saveText('7', 0)
      expect(await slow.load(store, identity)).toBe('7')
    })

    it('refuses a value of a newer version, and an older one without a way to migrate', async () => {
      await saveText('{"cents":7}', 3)
      await expect(dollars.load(store, identity)).rejects.toMatchObject({ code: 'invalid_record' })
      await saveText('{"cents":7}', 0)
      const unable = defineSlot({ kind, schema: z.object({ cents: z.int() }), version: 1 })
      await expect(unable.load(store, identity)).rejects.toMatchObject({ code: 'invalid_record' })
    })

    it('refuses what a migration leads to if it does not fit', async () => {
      const wrong = defineSlot({ kind, schema: z.string(), version: 1, migrate: () => 7 })
      await saveText('"a"', 0)
      await expect(wrong.load(store, identity)).rejects.toMatchObject({ code: 'invalid_record' })
    })
  })

  describe('a call', () => {
    it('goes to the identity that it was given, whatever becomes of that object', async () => {
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
      expect(await left((whose) => costs.update(store, whose, () => ({ cents: 1 })))).toEqual(
        written,
      )
      const commit = async (whose: RunIdentity) =>
        store.commit({ save: [await costs.record(whose, { cents: 1 })] })
      expect(await left(commit)).toEqual(written)
      expect(await left((whose) => costs.delete(store, whose))).toEqual([undefined, { cents: 7 }])
    })

    it('checks first that the store is open, then the identity, then the rest', async () => {
      const closed = await openStateStore()
      await closed.close()
      const nobody = { ...identity, tenantId: '' }
      const wrong = 7 as never
      const calls = (on: StateStore, whose: RunIdentity): Promise<unknown>[] => [
        costs.load(on, whose, wrong),
        costs.loadWithEventId(on, whose, wrong),
        costs.save(on, whose, wrong, wrong),
        costs.delete(on, whose, wrong),
        costs.update(on, whose, wrong, wrong),
      ]
      for (const [on, whose, code] of [
        [closed, nobody, 'store_closed'],
        [store, nobody, 'identity_required'],
        [store, identity, 'invalid_record'],
      ] as const) {
        for (const call of calls(on, whose)) await expect(call).rejects.toMatchObject({ code })
      }
      await expect(costs.record(nobody, wrong)).rejects.toMatchObject({ code: 'identity_required' })
    })

    it('hears options that are inherited, or come from a getter', async () => {
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
      await expect(costs.update(store, identity, () => ({ cents: 2 }), aborted)).rejects.toBe(
        reason,
      )
      expect(await costs.load(store, identity)).toEqual({ cents: 1 })
    })

    it.each<[what: string, options: unknown]>([
      ['a signal', AbortSignal.abort()],
      ['a text', 'signal'],
      ['a misspelled option', { ifEventID: null }],
      ['a guard that is undefined', { ifEventId: undefined }],
      ['an event id that is undefined', { eventId: undefined }],
      ['an event id that is null', { eventId: null }],
    ])('refuses %s in place of its options', async (_, given) => {
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

  describe('updating', () => {
    const addOne = (held: { cents: number } | undefined) => ({ cents: (held?.cents ?? 0) + 1 })

    it('changes an empty slot and a full one, and gives the value that it saved', async () => {
      expect(await costs.update(store, identity, addOne)).toEqual({ cents: 1 })
      expect(await costs.update(store, identity, async (held) => addOne(held))).toEqual({
        cents: 2,
      })
      expect(await costs.load(store, identity)).toEqual({ cents: 2 })
    })

    it('loses none of 32 increments that are made at once', async () => {
      const callers = Array.from({ length: 32 }, () => costs.update(store, identity, addOne))
      const values = (await Promise.all(callers)).map(({ cents }) => cents)
      expect(values.toSorted((left, right) => left - right)).toEqual(
        Array.from({ length: 32 }, (_, index) => index + 1),
      )
      expect(await costs.load(store, identity)).toEqual({ cents: 32 })
    })

    it('starts again from what another writer saved in between', async () => {
      let asked = 0
      const value = await costs.update(store, identity, async (held) => {
        asked += 1
        if (asked === 1) await costs.save(store, identity, { cents: 10 })
        return addOne(held)
      })
      expect(value).toEqual({ cents: 11 })
      expect(asked).toBe(2)
    })

    it('gives up when another writer came first in each attempt', async () => {
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

    it('refuses a number of attempts that makes no sense', async () => {
      for (const attempts of [0, -1, 1.5, Number.NaN]) {
        await expect(costs.update(store, identity, addOne, { attempts })).rejects.toMatchObject({
          code: 'invalid_record',
        })
      }
      expect(await costs.load(store, identity)).toBeUndefined()
    })

    it('saves nothing if the change throws or its value does not fit', async () => {
      await costs.save(store, identity, { cents: 1 })
      const refusal = new Error('not today')
      await expect(costs.update(store, identity, () => Promise.reject(refusal))).rejects.toBe(
        refusal,
      )
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

      it('gives what the slot holds now if it was replaced since', async () => {
        const options = { eventId: newEventId() }
        await costs.update(store, identity, addOne, options)
        await costs.update(store, identity, addOne)
        expect(await costs.update(store, identity, addOne, options)).toEqual({ cents: 2 })
        expect(await costs.load(store, identity)).toEqual({ cents: 2 })
      })

      it('is applied once when it is repeated while it is under way', async () => {
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

      it('uses it for each attempt', async () => {
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

      it('is applied anew to a slot that was emptied since: it has forgotten', async () => {
        const options = { eventId: newEventId() }
        await costs.update(store, identity, addOne, options)
        await costs.delete(store, identity)
        expect(await costs.update(store, identity, addOne, options)).toEqual({ cents: 1 })
      })

      it('refuses one that another slot of the tenant holds', async () => {
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
})

/** Loses the answer to the first save over something. */
class ForgetfulDriver extends InMemoryStateDriver {
  #hasForgotten = false

  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    const outcome = await super.save(record, condition)
    if (this.#hasForgotten || condition === undefined) return outcome
    this.#hasForgotten = true
    throw new OutcomeUnknownError('the answer was lost')
  }
}

/** A schema of no library, which takes its time. */
const evenNumber: StandardSchemaV1<number, number> = {
  '~standard': {
    version: 1,
    vendor: 'harborage-tests',
    async validate(value) {
      await Promise.resolve()
      return typeof value === 'number' && value % 2 === 0
        ? { value }
        : { issues: [{ message: 'has to be even' }] }
    },
  },
}
