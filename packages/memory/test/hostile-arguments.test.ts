import { createEventBus, isHarborageError, newEventId } from '@harborage/core'
import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { placesIn, withValueAt } from '@harborage/test-kit/hostile/argument-places'
import { callUnchecked } from '@harborage/test-kit/hostile/call-unchecked'
import { goodTurn } from '@harborage/test-kit/hostile/good-turn'
import { hostileValues, SECRET } from '@harborage/test-kit/hostile/hostile-values'
import { refusalOf } from '@harborage/test-kit/hostile/refusal-of'

import { goodArguments, identity, methods, type Method } from './support/good-arguments.ts'

const codes = [
  ...['identity_required', 'invalid_identity', 'invalid_record', 'invalid_snapshot'],
  ...['subtree_required', 'maintenance_scope_required', 'dump_conflict'],
]

/** The codes of the methods whose first argument is no identity. */
const required: Partial<Record<Method, string>> = {
  deleteAll: 'subtree_required',
  sessions: 'subtree_required',
  users: 'subtree_required',
  dump: 'maintenance_scope_required',
  loadDump: 'maintenance_scope_required',
  tenants: 'maintenance_scope_required',
}

let store: MemoryStore

beforeEach(async () => {
  store = await openMemoryStore({ strategy: 'truncation', bus: createEventBus() })
})

afterEach(async () => {
  const turn = goodTurn()
  await store.restore(identity, { bytes: new Uint8Array() })
  await store.addTurn(identity, turn)
  expect((await store.getLlmContext(identity)).recentTurns).toEqual([turn])
  await store.close()
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
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
        if (error === undefined) continue
        expect(codes, `${what}: ${error.message}`).toContain(error.code)
        const text = `${error.message} ${error.stack} ${JSON.stringify(error)}`
        expect(text).not.toContain(SECRET)
        expect(error.message.length).toBeLessThan(2_000)
      }
    },
  )
})

test.each(methods.filter((method) => method !== 'settled'))(
  '%s rejects a call without arguments',
  async (method) => {
    const error = await failureOf(() => callUnchecked(store, method))
    expect(error.code).toBe(required[method] ?? 'identity_required')
  },
)

test('the error for a malformed identity does not quote its parts', async () => {
  const session = { ...identity, tenantId: SECRET, userId: 'x'.repeat(300) }
  const error = await failureOf(() => store.getLlmContext(session))
  expect(error.code).toBe('invalid_identity')
  expect(error.message).not.toContain(SECRET)
})

test('an array is read by its indexes, even if its own iterator never ends', async () => {
  const toolsInvoked = Object.assign(['search'], {
    *[Symbol.iterator]() {
      for (;;) yield 'endless'
    },
  })
  const turn = goodTurn()
  const trajectoryDigest = { ...turn.trajectoryDigest, toolsInvoked }
  await store.addTurn(identity, { ...turn, trajectoryDigest })
  const { recentTurns } = await store.getLlmContext(identity)
  expect(recentTurns.at(-1)?.trajectoryDigest?.toolsInvoked).toEqual(['search'])
})

test('a Date with an overridden getTime is stored with its real time', async () => {
  class FarDate extends Date {
    override getTime(): number {
      return 2 ** 60
    }
  }
  await store.addTurn(identity, { ...goodTurn(), timestamp: new FarDate(7) })
  const { recentTurns } = await store.getLlmContext(identity)
  expect(recentTurns.at(-1)?.timestamp).toEqual(new Date(7))
})

test('the error for unknown fields of a turn does not quote their names', async () => {
  const turn = { ...goodTurn(), [SECRET]: SECRET }
  const error = await failureOf(() => store.addTurn(identity, turn))
  expect(error.code).toBe('invalid_record')
  expect(error.message).not.toContain(SECRET)
})

const unsteadyTurns: Readonly<Record<string, (good: number) => object>> = {
  'a ref': (good) => ({
    artifactsHiddenRefs: Object.defineProperty(['a'], 0, unsteady('a', 5, good)),
  }),
  'a tool': (good) => ({
    trajectoryDigest: {
      ...goodTurn().trajectoryDigest,
      toolsInvoked: Object.defineProperty(['a'], 0, unsteady('a', {}, good)),
    },
  }),
  'a toJSON': (good) => ({
    artifactsShown: Object.defineProperty({}, 'toJSON', {
      ...unsteady(undefined, () => 7, good),
      enumerable: false,
    }),
  }),
}

test.each(Object.keys(unsteadyTurns))(
  'a turn that changes between reads, by %s, is rejected or can be read again',
  async (what) => {
    for (let good = 0; good <= 6; good += 1) {
      const turn = { ...goodTurn(), turnId: newEventId(), ...unsteadyTurns[what]?.(good) }
      try {
        await store.addTurn(identity, turn)
      } catch (error) {
        expect(isHarborageError(error, 'invalid_record')).toBe(true)
      }
      await store.getLlmContext(identity)
    }
  },
)

/** Returns a property that has the good value for a number of reads, and the bad one afterwards. */
function unsteady(good: unknown, bad: unknown, times: number): PropertyDescriptor {
  let left = times
  return {
    enumerable: true,
    get() {
      left -= 1
      return left >= 0 ? good : bad
    },
  }
}
