import { newEventId, type CallOptions, type RunIdentity } from '@harborage/core'
import { defineSlot, openStateStore, type StateStore, type TypedSlot } from '@harborage/state'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'

const identity: RunIdentity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
const kind = 'session.costs'

const never = <Value>(): Promise<Value> => Promise.withResolvers<Value>().promise

const endless: StandardSchemaV1<number, number> = {
  '~standard': { version: 1, vendor: 'harborage-tests', validate: () => never() },
}

/** A schema that answers until it was asked as often as given, and then never again. */
function endlessAfter(answers: number): StandardSchemaV1<number, number> {
  let asked = 0
  const validate = (): Promise<{ value: number }> => {
    asked += 1
    return asked > answers ? never() : Promise.resolve({ value: asked })
  }
  return { '~standard': { version: 1, vendor: 'harborage-tests', validate } }
}

const plain = defineSlot({ kind, schema: z.number() })
const migrating = defineSlot({ kind, schema: z.number(), version: 1, migrate: () => never() })

type Call = (store: StateStore, options?: CallOptions) => Promise<unknown>

const ofSchema = (slot: () => TypedSlot<number, number>) =>
  ({
    'a save': (store, options) => slot().save(store, identity, 1, options),
    'a load': (store, options) => slot().load(store, identity, options),
    'a load with its event id': (store, options) =>
      slot().loadWithEventId(store, identity, options),
    'an update, as it loads': (store, options) => slot().update(store, identity, () => 1, options),
  }) satisfies Record<string, Call>

const calls: Record<string, Call> = {
  ...ofSchema(() => defineSlot({ kind, schema: endless })),
  'an update, as it saves': (store, options) =>
    defineSlot({ kind, schema: endlessAfter(1) }).update(store, identity, () => 1, options),
  'an update whose change never answers': (store, options) =>
    plain.update(store, identity, () => never(), options),
  'a load whose migrate never answers': (store, options) =>
    migrating.load(store, identity, options),
  'an update whose migrate never answers': (store, options) =>
    migrating.update(store, identity, () => 1, options),
}

describe.each(Object.entries(calls))('%s, while it waits for the code of a user', (_, call) => {
  let store: StateStore
  beforeEach(async () => {
    store = await openStateStore()
    await store.save({ eventId: newEventId(), identity, kind, bytes: Buffer.from('7') })
  })
  afterEach(() => store.close())

  it('rejects with the reason of its signal', async () => {
    const controller = new AbortController()
    const calling = call(store, { signal: controller.signal })
    const reason = new Error('the user left')
    setImmediate(() => controller.abort(reason))
    await expect(calling).rejects.toBe(reason)
    expect(await plain.load(store, identity)).toBe(7)
  })

  it('rejects with the reason of a signal that was aborted before', async () => {
    const reason = new Error('the user left')
    const calling = call(store, { signal: AbortSignal.abort(reason) })
    await expect(calling).rejects.toBe(reason)
  })

  it('rejects with store_closed once the store is closed, which does not wait for it', async () => {
    const calling = call(store)
    setImmediate(() => void store.close())
    await expect(calling).rejects.toMatchObject({ code: 'store_closed' })
    await store.close()
  })
})

it('an update that gave up does not hold up later ones', async () => {
  await using store = await openStateStore()
  const controller = new AbortController()
  const options = { signal: controller.signal }
  const first = Array.from({ length: 20 }, () =>
    plain.update(store, identity, () => never(), options),
  )
  setImmediate(() => controller.abort('enough'))
  for (const call of first) await expect(call).rejects.toBe('enough')
  expect(await plain.update(store, identity, (held) => (held ?? 0) + 1)).toBe(1)
})
