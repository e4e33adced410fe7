import { newEventId, type RunIdentity } from '@harborage/core'
import { defineSlot, openStateStore, type StateStore } from '@harborage/state'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'

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

    it('names the place and never the value', async () => {
      const login = defineSlot({ kind: 'session.login', schema: z.object({ password: z.int() }) })
      const record = { eventId: newEventId(), identity, kind: 'session.login' }
      await store.save({ ...record, bytes: Buffer.from('{"password":"hunter2"}') })
      const failure: unknown = await login.load(store, identity).catch((error: unknown) => error)
      expect(String(failure)).toContain('password')
      expect(String(failure)).not.toContain('hunter2')
    })

    it('catches at the save what would not load again, such as a Date', async () => {
      const seen = defineSlot({ kind: 'session.seen', schema: z.object({ at: z.date() }) })
      await expect(seen.save(store, identity, { at: new Date(0) })).rejects.toMatchObject({
        code: 'invalid_record',
      })
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
