import assert from 'node:assert/strict'
import { type EventBus, isHarborageError, type RunIdentity } from '@harborage/core'
import { isError } from '@harborage/core/kit'
import { rejectionOf } from '../support/rejection-of.ts'
import { malformed } from '../support/malformed.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { cancellableMethods, memoryMethods, validArguments } from './support/memory-methods.ts'

const failure = new Error('the broker is gone')

const brokenBuses: readonly (readonly [fault: string, publish: EventBus['publish']])[] = [
  [
    'throws',
    () => {
      throw failure
    },
  ],
  ['rejects', () => Promise.reject(failure)],
]

/** Registers the cases of M1: if a rejection cannot be published, the error names both failures. */
export function failingBus({ it }: MemoryCases): void {
  for (const [fault, publish] of brokenBuses) {
    for (const method of memoryMethods) {
      it(`M1 ${method.name} names both failures if the bus ${fault}`, async ({ open }) => {
        const bus: EventBus = { publish, subscribe: () => () => {} }
        const store = await open({ strategy: 'truncation', bus })
        const identity = malformed<RunIdentity>({ tenantId: 'acme', userId: 'ann' })
        const error = await rejectionOf(() => method.call(store, validArguments(identity)))
        assert.ok(isHarborageError(error, 'identity_required'), 'the error has to be the rejection')
        assert.match(error.message, /sessionId/)
        assert.match(error.message, /memory\.identity_rejected/)
        assert.ok(causesOf(error).includes(failure), 'the error of the bus has to be a cause')
      })
    }
  }

  for (const method of cancellableMethods) {
    it(`M1 ${method.name} can be aborted while the bus hangs`, async ({ open }) => {
      const store = await open({ strategy: 'truncation', bus: neverPublishes })
      const identity = malformed<RunIdentity>({ tenantId: 'acme', userId: 'ann' })
      const controller = new AbortController()
      const reason = new Error('the caller gave up')
      setImmediate(() => controller.abort(reason))
      const options = { signal: controller.signal }
      const error = await rejectionOf(() =>
        method.call(store, { ...validArguments(identity), options }),
      )
      assert.equal(error, reason)
    })
  }
}

const neverPublishes: EventBus = {
  publish: () => Promise.withResolvers<void>().promise,
  subscribe: () => () => {},
}

/** Returns the causes of an error, and their causes. */
function causesOf(error: unknown): unknown[] {
  if (!isError(error)) return []
  const causes: unknown[] = [
    ...(error.cause === undefined ? [] : [error.cause]),
    ...('errors' in error && Array.isArray(error.errors) ? Array.from<unknown>(error.errors) : []),
  ]
  return [...causes, ...causes.flatMap(causesOf)]
}
