import { inspect } from 'node:util'

import { type ErrorCode, HarborageError, isHarborageError } from '@harborage/core'
import { describe, expect, test } from 'vitest'

const retryableByDefault = new Set(['store_unavailable', 'outcome_unknown'])

// A record, so that a code that is missing here does not compile.
const codes: Record<ErrorCode, true> = {
  identity_required: true,
  invalid_identity: true,
  invalid_record: true,
  not_found: true,
  idempotency_conflict: true,
  condition_failed: true,
  maintenance_scope_required: true,
  subtree_required: true,
  unknown_driver: true,
  invalid_config: true,
  migration_failed: true,
  schema_outdated: true,
  schema_too_new: true,
  store_closed: true,
  store_unavailable: true,
  outcome_unknown: true,
  database_mismatch: true,
  step_too_large: true,
  app_rows_failed: true,
  dump_conflict: true,
  driver_failed: true,
}

describe.each(Object.keys(codes) as ErrorCode[])('the error %s', (code) => {
  const error = new HarborageError(code, 'what to do next')

  test('has its code, its message and the name of the library', () => {
    expect(error).toMatchObject({ code, message: 'what to do next', name: 'HarborageError' })
    expect(String(error)).toBe('HarborageError: what to do next')
  })

  test('says whether the same call may succeed later', () => {
    expect(error.retryable).toBe(retryableByDefault.has(code))
    expect(new HarborageError(code, '', { retryable: true }).retryable).toBe(true)
    expect(new HarborageError(code, '', { retryable: false }).retryable).toBe(false)
  })

  test('is recognized by its code and by no other', () => {
    expect(isHarborageError(error)).toBe(true)
    for (const other of Object.keys(codes)) {
      expect(Reflect.apply(isHarborageError, undefined, [error, other])).toBe(other === code)
    }
  })
})

describe('an error', () => {
  const cause = Object.assign(new Error('password=hunter2'), { detail: 'tenant globex' })

  test('has the underlying error as its cause, or no cause', () => {
    expect(new HarborageError('store_unavailable', '', { cause }).cause).toBe(cause)
    expect('cause' in new HarborageError('store_unavailable', '')).toBe(false)
  })

  test('shows a logger of own fields its code, and nothing of the underlying error', () => {
    const error = new HarborageError('store_unavailable', 'call again', { cause })
    expect(Object.keys(error).sort()).toEqual(['code', 'name', 'retryable'])
    expect(JSON.stringify(error)).not.toMatch(/hunter2|globex/)
    expect(error.stack).not.toMatch(/hunter2|globex/)
    expect(inspect(error)).toContain('call again')
  })
})

test.each([
  ['undefined', undefined],
  ['null', null],
  ['a text', 'not_found'],
  ['another error', new Error('not_found')],
  [
    'an error of another library with the same code',
    Object.assign(new Error(), { code: 'not_found' }),
  ],
  [
    'an object that looks like one',
    { name: 'HarborageError', code: 'not_found', retryable: false },
  ],
  ['an object without a prototype', Object.create(null)],
  ['a revoked proxy', revoked()],
  ['an object whose prototype cannot be read', unreadable()],
])('%s is not a HarborageError, and the check does not throw', (_, value: unknown) => {
  expect(isHarborageError(value)).toBe(false)
  expect(isHarborageError(value, 'not_found')).toBe(false)
})

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function unreadable(): object {
  return new Proxy(new Error(), {
    getPrototypeOf() {
      throw new Error('not for you')
    },
  })
}
