import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { newEventId } from '@harborage/core'
import { defineSlot, jsonSlot, openStateStore, slotFamily, type StateStore } from '@harborage/state'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
const schema = z.object({ tool: z.string() })
const steps = slotFamily({ prefix: 'step.', schema })

let store: StateStore
beforeEach(async () => {
  store = await openStateStore()
})
afterEach(() => store.close())

describe('a family of slots', () => {
  test('names slots by its prefix and a key, and lists those that are full', async () => {
    for (const key of ['a', 'b', 'c', '']) {
      if (key !== '') await steps.slot(key).save(store, identity, { tool: key })
    }
    expect(steps.slot('a').kind).toBe('step.a')
    await store.save({ eventId: newEventId(), identity, kind: 'stepson', bytes: Buffer.from('{}') })
    await steps.slot('b').save(store, { ...identity, runId: 'r2' }, { tool: 'of another run' })
    const members = await collect(steps.list(store, identity))
    expect(members.map(({ key, value }) => [key, value.tool])).toEqual([
      ['a', 'a'],
      ['b', 'b'],
      ['c', 'c'],
    ])
    const held = await steps.slot('a').loadWithEventId(store, identity)
    expect(members[0]?.eventId).toBe(held?.eventId)
    const options = { order: 'descending', from: 'a', to: 'c', limit: 1 } as const
    const [newest] = await collect(steps.list(store, identity, options))
    expect(newest?.key).toBe('b')
  })

  test('has no slot without a key as a member, whatever that holds', async () => {
    for (const kind of ['step.', 'step.a', 'step.\u0001']) {
      const bytes = Buffer.from(kind === 'step.' ? 'foreign' : '{"tool":"search"}')
      await store.save({ eventId: newEventId(), identity, kind, bytes })
    }
    for (const order of ['ascending', 'descending'] as const) {
      const members = await collect(steps.list(store, identity, { order, limit: 2 }))
      expect(members.map(({ key }) => key).toSorted()).toEqual(['\u0001', 'a'])
    }
    expect(await collect(steps.list(store, identity, { to: '\u0001' }))).toEqual([])
  })

  test('names the size that is left for a key or a bound after the prefix', async () => {
    const long = 'x'.repeat(1_020)
    const left =
      'follows a prefix of 5 bytes, is too long: pass well-formed Unicode of at most 1019'
    for (const call of [
      () => steps.slot(long),
      () => steps.list(store, identity, { to: long }),
      () => steps.list(store, identity, { from: long }),
    ]) {
      expect(call).toThrow(left)
    }
    expect(await collect(steps.list(store, identity, { to: long.slice(1) }))).toEqual([])
    expect(() => slotFamily({ prefix: 'x'.repeat(1_024), schema })).toThrow('at most 1023')
  })

  test('lists by options of a class, and ends for their signal while it reads a value', async () => {
    await steps.slot('a').save(store, identity, { tool: 'a' })
    await steps.slot('b').save(store, identity, { tool: 'b' })
    class Options {
      get order(): 'descending' {
        return 'descending'
      }
      get from(): string {
        return 'a'
      }
    }
    const listed = await collect(steps.list(store, identity, new Options()))
    expect(listed.map(({ key }) => key)).toEqual(['b', 'a'])
    const reading = new AbortController()
    const slow = slotFamily({
      prefix: 'step.',
      schema: schema.refine(async () => {
        reading.abort(new Error('enough'))
        return new Promise<boolean>(() => {})
      }),
    })
    const options = { limit: 1, signal: reading.signal }
    await expect(collect(slow.list(store, identity, options))).rejects.toThrow('enough')
  })

  test('converts older values, and fails for those that do not match', async () => {
    const numbers = slotFamily({ prefix: 'step.', schema: z.string() })
    await numbers.slot('a').save(store, identity, 'search')
    const converted = slotFamily({
      prefix: 'step.',
      schema,
      version: 1,
      migrate: (tool) => ({ tool }),
    })
    const [member] = await collect(converted.list(store, identity))
    expect(member?.value).toEqual({ tool: 'search' })
    const failure = await failureOf(collect(steps.list(store, identity)))
    expect(failure).toMatchObject({ code: 'invalid_record' })
    expect(failure.message).toContain('step.a')
  })

  test('rejects malformed definitions, keys and options at once', async () => {
    const wrong = [
      { schema },
      { prefix: '', schema },
      { prefix: 'a' },
      { prefix: 'a', schema, kind: 'b' },
    ]
    for (const definition of wrong) {
      expect(() => slotFamily(definition as never)).toThrow(expect.objectContaining(invalid))
    }
    for (const key of ['', undefined, 7, 'a\0', 'x'.repeat(1_020)]) {
      expect(() => steps.slot(key as never)).toThrow(expect.objectContaining(invalid))
    }
    for (const options of [{ from: 7 }, { from: 'a', too: 'b' }, new AbortController().signal]) {
      expect(() => steps.list(store, identity, options as never)).toThrow(
        expect.objectContaining(invalid),
      )
    }
    expect(() => steps.list(undefined as never, identity)).toThrow(expect.objectContaining(invalid))
  })
})

const invalid = { code: 'invalid_record' }

test('saveIfEmpty of a typed slot fills it once, and validates the value', async () => {
  const costs = defineSlot({ kind: 'session.costs', schema: z.object({ cents: z.int() }) })
  const eventId = newEventId()
  expect(await costs.saveIfEmpty(store, identity, { cents: 1 }, { eventId })).toBe('saved')
  expect(await costs.saveIfEmpty(store, identity, { cents: 1 }, { eventId })).toBe('unchanged')
  expect(await costs.saveIfEmpty(store, identity, { cents: 2 })).toBe('kept')
  expect(await costs.load(store, identity)).toEqual({ cents: 1 })
  const wrong = costs.saveIfEmpty(store, identity, { cents: 0.5 })
  expect(await failureOf(wrong)).toMatchObject(invalid)
  const unknown = costs.saveIfEmpty(store, identity, { cents: 2 }, { ifEventId: null } as never)
  expect(await failureOf(unknown)).toMatchObject(invalid)
})

test('a slot of JSON takes every JSON value, and nothing else', async () => {
  const notes = jsonSlot('session.notes')
  for (const value of ['', 0, true, null, [], [1, [null]], { a: { b: ['c'] } }]) {
    await notes.save(store, identity, value)
    expect(await notes.load(store, identity)).toEqual(value)
  }
  for (const value of [undefined, Number.NaN, new Map(), () => 1, 1n]) {
    expect(await failureOf(notes.save(store, identity, value as never))).toMatchObject(invalid)
  }
  expect(() => jsonSlot('')).toThrow(expect.objectContaining(invalid))
})
