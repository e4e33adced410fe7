import { HarborageError, newEventId, type RunIdentity } from '@harborage/core'
import { defineSlot, openStateStore, type StateStore } from '@harborage/state'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { failureOf } from '@harborage/test-kit/failure-of'

const identity: RunIdentity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
const kind = 'session.note'
const SECRET = 'my 5ecret'

function schemaOf(validate: (value: unknown) => unknown): StandardSchemaV1<string, string> {
  // As from JavaScript, where nothing checks what a schema returns.
  return { '~standard': { version: 1, vendor: 'harborage-tests', validate: validate as never } }
}

const fail = (): never => {
  throw new SyntaxError(`"${SECRET}" is not valid JSON`)
}

const schemas: Record<string, StandardSchemaV1<string, string>> = {
  'throws in a check of zod': z.string().refine((text) => Boolean(JSON.parse(text))),
  throws: schemaOf(fail),
  rejects: schemaOf(async () => fail()),
  'has issues that throw': schemaOf(() => ({
    get issues() {
      return fail()
    },
  })),
  'has a value that throws': schemaOf(() => ({
    get value() {
      return fail()
    },
  })),
  // oxlint-disable-next-line unicorn/no-thenable -- as a hostile schema does
  'has a then that throws': schemaOf(() => Object.defineProperty({}, 'then', { get: fail })),
}

describe('a typed slot', () => {
  let store: StateStore
  beforeEach(async () => {
    store = await openStateStore()
    const bytes = Buffer.from(JSON.stringify(SECRET))
    await store.save({ eventId: newEventId(), identity, kind, bytes })
  })
  afterEach(() => store.close())

  describe.each(Object.entries(schemas))('whose schema %s', (_, schema) => {
    it('rejects with invalid_record, whose cause is the error, and does not quote it', async () => {
      const slot = defineSlot({ kind, schema })
      const record = await store.loadOrThrow(identity, kind)
      for (const call of [
        () => slot.save(store, identity, SECRET),
        () => slot.load(store, identity),
        () => slot.record(identity, SECRET),
        () => slot.decode(record),
        () => slot.update(store, identity, () => SECRET),
      ]) {
        const failure = await failureOf(call)
        expect(failure).toMatchObject({ code: 'invalid_record', retryable: false })
        expect(failure.message).toContain(`the schema of ${kind} failed`)
        expect(failure.message).not.toContain('5ecret')
        expect(failure.cause).toBeInstanceOf(SyntaxError)
      }
      expect(await store.loadOrThrow(identity, kind)).toEqual(record)
    })
  })

  it.each([undefined, null, SECRET, false])(
    'whose schema returns no result rejects with invalid_record, as for %j',
    async (result) => {
      const slot = defineSlot({ kind, schema: schemaOf(() => result) })
      for (const call of [
        () => slot.save(store, identity, SECRET),
        () => slot.load(store, identity),
      ]) {
        const failure = await failureOf(call)
        expect(failure.code).toBe('invalid_record')
        expect(failure.message).toContain('its validate has to return')
        expect(failure.message).not.toContain('5ecret')
      }
    },
  )

  it.each([
    ['throws', fail],
    ['rejects', async () => fail()],
  ])('whose migrate %s rejects with invalid_record, and does not quote it', async (_, migrate) => {
    const slot = defineSlot({ kind, schema: z.string(), version: 1, migrate })
    for (const call of [
      () => slot.load(store, identity),
      () => slot.update(store, identity, () => ''),
    ]) {
      const failure = await failureOf(call)
      expect(failure).toMatchObject({ code: 'invalid_record', retryable: false })
      expect(failure.message).toContain(`migrate of ${kind} failed`)
      expect(failure.message).not.toContain('5ecret')
      expect(failure.cause).toBeInstanceOf(SyntaxError)
    }
  })

  it('passes on a HarborageError of migrate, which may say to call again', async () => {
    const busy = new HarborageError('store_unavailable', 'another store is busy: call again')
    const migrate = () => Promise.reject(busy)
    const slot = defineSlot({ kind, schema: z.string(), version: 1, migrate })
    expect(await failureOf(() => slot.load(store, identity))).toBe(busy)
  })

  it('passes on the error of change, which is that of the caller', async () => {
    const slot = defineSlot({ kind, schema: z.string() })
    const mine = new RangeError('over budget')
    for (const change of [
      () => {
        throw mine
      },
      () => Promise.reject(mine),
    ]) {
      await expect(slot.update(store, identity, change)).rejects.toBe(mine)
    }
    expect(await slot.load(store, identity)).toBe(SECRET)
  })
})
