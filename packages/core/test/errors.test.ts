import { inspect } from 'node:util'

import {
  ArtifactCorruptError,
  ArtifactTooLargeError,
  ConditionFailedError,
  type ErrorCode,
  HarborageError,
  IdempotencyConflictError,
  IdentityRequiredError,
  InvalidConfigError,
  InvalidHealthTransitionError,
  InvalidIdentityError,
  InvalidRecordError,
  InvalidSnapshotError,
  isHarborageError,
  MaintenanceScopeRequiredError,
  MigrationFailedError,
  NotFoundError,
  OutcomeUnknownError,
  SchemaOutdatedError,
  SchemaTooNewError,
  ScopeMismatchError,
  StoreClosedError,
  StoreUnavailableError,
  StrategyMismatchError,
  StrategyNotImplementedError,
  UnknownDriverError,
} from '@harborage/core'
import { describe, expect, test } from 'vitest'

// A record, so that a code without a class does not compile.
const classes: Record<ErrorCode, new (message: string, options?: object) => HarborageError> = {
  identity_required: IdentityRequiredError,
  invalid_identity: InvalidIdentityError,
  invalid_record: InvalidRecordError,
  not_found: NotFoundError,
  idempotency_conflict: IdempotencyConflictError,
  condition_failed: ConditionFailedError,
  maintenance_scope_required: MaintenanceScopeRequiredError,
  scope_mismatch: ScopeMismatchError,
  artifact_too_large: ArtifactTooLargeError,
  artifact_corrupt: ArtifactCorruptError,
  strategy_not_implemented: StrategyNotImplementedError,
  strategy_mismatch: StrategyMismatchError,
  invalid_snapshot: InvalidSnapshotError,
  invalid_health_transition: InvalidHealthTransitionError,
  unknown_driver: UnknownDriverError,
  invalid_config: InvalidConfigError,
  migration_failed: MigrationFailedError,
  schema_outdated: SchemaOutdatedError,
  schema_too_new: SchemaTooNewError,
  store_closed: StoreClosedError,
  store_unavailable: StoreUnavailableError,
  outcome_unknown: OutcomeUnknownError,
}

const retryableByDefault = new Set(['store_unavailable', 'outcome_unknown'])

describe.each(Object.entries(classes))('the error %s', (code, Failure) => {
  const error = new Failure('what to do next')

  test('has its code, its message and the name of its class', () => {
    expect(error).toMatchObject({ code, message: 'what to do next', name: Failure.name })
    expect(error).toBeInstanceOf(HarborageError)
    expect(String(error)).toBe(`${Failure.name}: what to do next`)
  })

  test('says whether the same call may succeed later', () => {
    expect(error.retryable).toBe(retryableByDefault.has(code))
    expect(new Failure('', { retryable: true }).retryable).toBe(true)
    expect(new Failure('', { retryable: false }).retryable).toBe(false)
  })

  test('is recognised by its code and by no other', () => {
    expect(isHarborageError(error)).toBe(true)
    for (const other of Object.keys(classes)) {
      expect(Reflect.apply(isHarborageError, undefined, [error, other])).toBe(other === code)
    }
  })
})

describe('an error', () => {
  const cause = Object.assign(new Error('password=hunter2'), { detail: 'tenant globex' })

  test('carries the error underneath as its cause, and has none otherwise', () => {
    expect(new StoreUnavailableError('', { cause }).cause).toBe(cause)
    expect('cause' in new StoreUnavailableError('')).toBe(false)
  })

  test('gives a logger of its own fields the code, and nothing of what is underneath', () => {
    const error = new StoreUnavailableError('call again', { cause })
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
  ['an object that looks like one', { name: 'NotFoundError', code: 'not_found', retryable: false }],
  ['an object without a prototype', Object.create(null)],
  ['a revoked proxy', revoked()],
  ['an object whose prototype cannot be read', unreadable()],
])('%s is no error of Harborage, and asking is safe', (_, value: unknown) => {
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
