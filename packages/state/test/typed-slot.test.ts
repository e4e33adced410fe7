import { newEventId, type RunIdentity } from '@harborage/core'
import { defineSlot, openStateStore, type StateStore } from '@harborage/state'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { failureOf } from '@harborage/test-kit/failure-of'

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
    it('loads what was saved, and undefined while it is empty', async () => {
      expect(await costs.load(store, identity)).toBeUndefined()
      expect(await costs.loadWithEventId(store, identity)).toBeUndefined()
      expect(await costs.save(store, identity, { cents: 12 })).toBe('saved')
      expect(await costs.load(store, identity)).toEqual({ cents: 12 })
    })

    it('stores the value as JSON, with its kind and version', async () => {
      const third = defineSlot({ kind, schema: z.unknown(), version: 3 })
      await third.save(store, identity, { cents: 12 })
      const record = await store.loadOrThrow(identity, kind)
      expect(Buffer.from(record.bytes).toString()).toBe('{"cents":12}')
      expect(record.version).toBe(3)
    })

    it('is idempotent on a given event id', async () => {
      const eventId = newEventId()
      expect(await costs.save(store, identity, { cents: 1 }, { eventId })).toBe('saved')
      expect(await costs.save(store, identity, { cents: 1 }, { eventId })).toBe('unchanged')
      await expect(costs.save(store, identity, { cents: 2 }, { eventId })).rejects.toMatchObject({
        code: 'idempotency_conflict',
      })
    })

    it('saves only over the record that ifEventId names', async () => {
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

    it('deletes, and returns whether the slot held anything', async () => {
      await costs.save(store, identity, { cents: 1 })
      expect(await costs.delete(store, identity)).toBe(true)
      expect(await costs.delete(store, identity)).toBe(false)
      expect(await costs.load(store, identity)).toBeUndefined()
    })

    it('loads the values of many owners, in their order', async () => {
      const [empty, second] = ['empty', 'second'].map((runId) => ({ ...identity, runId }))
      if (empty === undefined || second === undefined) throw new Error('there are two')
      await costs.save(store, identity, { cents: 1 })
      await costs.save(store, second, { cents: 2 })
      const values = await costs.loadMany(store, [second, empty, identity, second])
      expect(values).toEqual([{ cents: 2 }, undefined, { cents: 1 }, { cents: 2 }])
      expect(await costs.loadMany(store, [])).toEqual([])
      await store.save({
        eventId: newEventId(),
        identity: empty,
        kind,
        bytes: Buffer.from('{"cents":-1}'),
      })
      await expect(costs.loadMany(store, [identity, empty])).rejects.toMatchObject({
        code: 'invalid_record',
      })
      for (const owners of [undefined, identity, Array.from({ length: 1_001 }, () => identity)]) {
        await expect(costs.loadMany(store, owners as never)).rejects.toMatchObject({
          code: 'invalid_record',
        })
      }
    })

    it('can be part of a commit', async () => {
      const notes = defineSlot({ kind: 'session.notes', schema: z.string() })
      const save = [
        await costs.record(identity, { cents: 5 }),
        await notes.record(identity, 'paid'),
      ]
      expect((await store.commit({ save })).save).toEqual(['saved', 'saved'])
      expect(await costs.load(store, identity)).toEqual({ cents: 5 })
      expect(await notes.load(store, identity)).toBe('paid')
      expect(await costs.decode(await store.loadOrThrow(identity, kind))).toEqual({ cents: 5 })
    })
  })

  describe('the schema', () => {
    it('rejects a value that does not match, and saves nothing', async () => {
      await expect(costs.save(store, identity, { cents: -1 })).rejects.toMatchObject({
        code: 'invalid_record',
      })
      expect(await store.load(identity, kind)).toBeUndefined()
    })

    it('rejects a stored value that does not match', async () => {
      for (const text of ['{"cents":-1}', '{}', 'null', '{"cents":', '', '\ufffe']) {
        await saveText(text)
        await expect(costs.load(store, identity)).rejects.toMatchObject({
          code: 'invalid_record',
        })
      }
    })

    it('puts the issues in the cause of the error, and no value or key in its message', async () => {
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

    it('rejects a value whose getter throws at the second read', async () => {
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
      expect(failure.message).toContain('does not match its schema')
      expect(looks).toBeGreaterThan(1)
    })

    it('rejects at the save a value that would not load again, such as a Date', async () => {
      const seen = defineSlot({ kind: 'session.seen', schema: z.object({ at: z.date() }) })
      const saving = seen.save(store, identity, { at: new Date(0) })
      await expect(saving).rejects.toMatchObject({ code: 'invalid_record' })
      await expect(saving).rejects.toThrow('no longer matches its schema once it is JSON')
      expect(await store.load(identity, 'session.seen')).toBeUndefined()
      const coerced = defineSlot({
        kind: 'session.seen',
        schema: z.object({ at: z.coerce.date() }),
      })
      await coerced.save(store, identity, { at: new Date(1_234) })
      expect(await coerced.load(store, identity)).toEqual({ at: new Date(1_234) })
    })

    it('rejects a value without a JSON form', async () => {
      const anything = defineSlot({ kind, schema: z.unknown() })
      const circle: { self?: unknown } = {}
      circle.self = circle
      for (const value of [undefined, () => 1, Symbol('s'), 1n, circle]) {
        await expect(anything.save(store, identity, value)).rejects.toMatchObject({
          code: 'invalid_record',
        })
      }
    })

    it('rejects a value that JSON would silently change, at any depth', async () => {
      const anything = defineSlot({ kind, schema: z.any() })
      const lossy: readonly unknown[] = [
        new Map([['a', 1]]),
        new Set([1]),
        new Uint8Array(3),
        new ArrayBuffer(3),
        /a/,
        new Error('a'),
        Promise.resolve(1),
        generator(),
        asyncGenerator(),
        [1].values(),
        new Map([['a', 1]]).entries(),
        new WeakRef({}),
        new WeakMap(),
        new FinalizationRegistry(() => {}),
        new Intl.NumberFormat('en'),
        new URLSearchParams('a=1'),
        new Headers({ a: '1' }),
        new Proxy(new Map([['a', 1]]), {}),
        Object(Symbol('s')),
        rawJson('1e999'),
        rawJson('12345678901234567890'),
        { toJSON: () => rawJson('1e999') },
        Number.NaN,
        Number.POSITIVE_INFINITY,
      ]
      const inside: readonly unknown[] = [...lossy, () => 1, Symbol('s')]
      const values = [
        ...lossy,
        ...inside.flatMap((part) => [{ deep: { part } }, [part]]),
        [undefined],
      ]
      for (const value of values) {
        await expect(anything.save(store, identity, value)).rejects.toMatchObject({
          code: 'invalid_record',
        })
        await expect(anything.record(identity, value)).rejects.toThrow('JSON')
      }
      expect(await store.load(identity, kind)).toBeUndefined()
    })

    it('accepts values with toJSON, class instances, and properties that are undefined', async () => {
      const anything = defineSlot({ kind, schema: z.any() })
      class Money {
        cents = 12
      }
      class Tagged {
        cents = 13
        get [Symbol.toStringTag]() {
          return 'Money'
        }
      }
      const empty = new (class {})()
      const money = [new Money(), new Tagged()]
      await anything.save(store, identity, { at: new Date(0), note: undefined, money, empty })
      expect(await anything.load(store, identity)).toEqual({
        at: '1970-01-01T00:00:00.000Z',
        money: [{ cents: 12 }, { cents: 13 }],
        empty: {},
      })
    })

    it('may be asynchronous, and of any library', async () => {
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

    it('migrates an older value before it is validated', async () => {
      await saveText('{"dollars":1.5}', 1)
      expect(await dollars.load(store, identity)).toEqual({ cents: 151 })
      await saveText('{"dollars":1.5}', 0)
      expect(await dollars.load(store, identity)).toEqual({ cents: 150 })
    })

    it('does not migrate a value of the current version', async () => {
      await saveText('{"cents":7}', 2)
      expect(await dollars.load(store, identity)).toEqual({ cents: 7 })
    })

    it('saves an updated value with the current version', async () => {
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

    it('rejects a value of a newer version, and an older value without a migrate function', async () => {
      await saveText('{"cents":7}', 3)
      await expect(dollars.load(store, identity)).rejects.toMatchObject({ code: 'invalid_record' })
      await saveText('{"cents":7}', 0)
      const unable = defineSlot({ kind, schema: z.object({ cents: z.int() }), version: 1 })
      await expect(unable.load(store, identity)).rejects.toMatchObject({ code: 'invalid_record' })
    })

    it('rejects a migrated value that does not match the schema', async () => {
      const wrong = defineSlot({ kind, schema: z.string(), version: 1, migrate: () => 7 })
      await saveText('"a"', 0)
      await expect(wrong.load(store, identity)).rejects.toMatchObject({ code: 'invalid_record' })
    })
  })
})

function* generator(): Generator<number> {
  yield 1
}

async function* asyncGenerator(): AsyncGenerator<number> {
  yield 1
}

/** The types of the language know no JSON.rawJSON yet. */
function rawJson(text: string): unknown {
  const make: unknown = Reflect.get(JSON, 'rawJSON')
  return typeof make === 'function' ? Reflect.apply(make, JSON, [text]) : undefined
}

/** A hand-written schema, which is asynchronous. */
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
