import { openStateStore, type StateStore } from '@harborage/state'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { placesIn, withValueAt, type Place } from '@harborage/test-kit/hostile/argument-places'
import { callUnchecked } from '@harborage/test-kit/hostile/call-unchecked'
import { hostileValues, SECRET } from '@harborage/test-kit/hostile/hostile-values'
import { refusalOf } from '@harborage/test-kit/hostile/refusal-of'

import { goodArguments, goodRecord, methods, type Method } from './support/good-arguments.ts'

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
        const args = withValueAt(goodArguments()[method], place, value)
        const error = await refusalOf(() => callUnchecked(store, method, ...args))
        if (error === undefined || error.code === 'not_found') continue
        expect(refusalsAt(method, place), `${what}: ${error.message}`).toContain(error.code)
        expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain(SECRET)
      }
    },
  )

  test('rejects a call without arguments', async () => {
    const error = await failureOf(() => callUnchecked(store, method))
    expect(refusalsAt(method, [0])).toContain(error.code)
  })
})

const ofMaintenance: ReadonlySet<Method> = new Set(['listKind', 'dump', 'loadDump', 'tenants'])
const ofSubtrees: ReadonlySet<Method> = new Set(['deleteAll', 'prune', 'sessions', 'users'])

function refusalsAt(method: Method, [argument]: Place): string[] {
  if (argument === 0) {
    if (ofMaintenance.has(method)) return ['maintenance_scope_required']
    if (ofSubtrees.has(method)) return ['subtree_required']
  }
  const codes = ['identity_required', 'invalid_identity', 'invalid_record']
  if (method === 'dump') return [...codes, 'subtree_required']
  return method === 'loadDump' ? [...codes, 'dump_conflict'] : codes
}
