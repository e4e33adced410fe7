import { type HarborageError, isHarborageError } from '@harborage/core'
import { openStateStore, type StateStore } from '@harborage/state'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { callWithAnything, type Method } from './support/call-with-anything.ts'
import { failureOf } from './support/failure-of.ts'
import {
  argumentsWith,
  goodArguments,
  goodRecord,
  methods,
  placesIn,
  type Place,
} from './support/good-arguments.ts'
import { abortReason, hostileValues, SECRET } from './support/hostile-values.ts'

let store: StateStore

beforeEach(async () => {
  store = await openStateStore()
})

afterEach(async () => {
  const record = goodRecord()
  expect(await store.save(record)).toBe('saved')
  expect((await store.loadByEventIdOrThrow(record.identity, record.eventId)).kind).toBe(record.kind)
  await store.close()
  expect(Object.keys(Object.prototype)).toEqual([])
})

describe.each(methods)('%s', (method) => {
  const places = placesIn(goodArguments()[method])

  test.each(places.map((place) => ({ at: place.join('.'), place })))(
    'accepts any value at argument $at, or rejects it with a typed error that quotes nothing',
    async ({ place }) => {
      for (const [what, value] of Object.entries(hostileValues)) {
        const error = await attempt(method, place, value)
        if (error === undefined || error.code === 'not_found') continue
        expect(refusalsAt(method, place), `${what}: ${error.message}`).toContain(error.code)
        expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain(SECRET)
      }
    },
  )

  test('rejects a call without arguments', async () => {
    const error = await failureOf(() => callWithAnything(store, method))
    expect(refusalsAt(method, [0])).toContain(error.code)
  })
})

function refusalsAt(method: Method, [argument]: Place): string[] {
  const isScope = method === 'listKind' && argument === 0
  return isScope
    ? ['maintenance_scope_required']
    : ['identity_required', 'invalid_identity', 'invalid_record']
}

/** Calls the method with one argument replaced, and returns the error if there is one. */
async function attempt(
  method: Method,
  place: Place,
  value: unknown,
): Promise<HarborageError | undefined> {
  try {
    await callWithAnything(store, method, ...argumentsWith(method, place, value))
  } catch (error) {
    if (isHarborageError(error)) return error
    if (error !== abortReason) throw error
  }
  return undefined
}
