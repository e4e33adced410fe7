import type { HarborageError } from '@harborage/core'
import { checkIdentity, checkRunIdentity } from '@harborage/core/kit'
import { describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const parts = ['tenantId', 'userId', 'sessionId'] as const

const acceptable: readonly (readonly [what: string, text: string])[] = [
  ['one byte', 'a'],
  ['256 bytes of one', 'a'.repeat(256)],
  ['256 bytes of two each', 'é'.repeat(128)],
  ['256 bytes of four each', '😀'.repeat(64)],
  ['white space, which is not trimmed', ' a\t\n'],
  ['control characters', '\u0001\u007f'],
  ['wildcards and separators', String.raw`%_*\/..`],
  ['a decomposed character', 'e\u0301'],
  ['the replacement character', '\ufffd'],
  ['the last code point', '\u{10ffff}'],
  ['a name of the prototype', '__proto__'],
]

const malformed: readonly (readonly [what: string, value: unknown])[] = [
  ['257 bytes of one', 'a'.repeat(257)],
  ['258 bytes of two each', 'é'.repeat(129)],
  ['260 bytes of four each', '😀'.repeat(65)],
  ['a lone high surrogate', 'a\ud800'],
  ['a lone low surrogate', '\udc00a'],
  ['surrogates in the wrong order', '\udc00\ud800'],
  ['a NUL', 'a\0b'],
  ['a number', 7],
  ['a boolean', false],
  ['an array', ['a']],
  ['a String object', Object('a')],
  ['an object with a toString', { toString: () => 'a' }],
  ['a symbol', Symbol('a')],
  ['a bigint', 7n],
  ['a function', () => 'a'],
  ['a revoked proxy', revoked()],
]

describe.each(parts)('identity.%s', (part) => {
  test.each(acceptable)('may be %s', (_, text) => {
    expect(checkIdentity({ ...identity, [part]: text })).toEqual({ ...identity, [part]: text })
  })

  test.each(malformed)('may not be %s', async (_, value) => {
    const error = await failure({ ...identity, [part]: value })
    expect(error.code).toBe('invalid_identity')
    expect(error.message).toContain(`identity.${part} `)
  })

  test.each([undefined, null, ''])('is required: %j is rejected', async (value) => {
    const error = await failure({ ...identity, [part]: value })
    expect(error.code).toBe('identity_required')
    expect(error.message).toContain(`identity.${part} `)
  })

  test('is required: it may not be left out', async () => {
    const { [part]: _, ...rest } = identity
    expect((await failure(rest)).code).toBe('identity_required')
  })
})

describe('identity.runId', () => {
  test.each([...acceptable, ['empty', ''] as const])('may be %s', (_, runId) => {
    expect(checkRunIdentity({ ...identity, runId })).toEqual({ ...identity, runId })
  })

  test('is empty where it is absent', () => {
    expect(checkRunIdentity(identity)).toEqual({ ...identity, runId: '' })
    expect(check({ ...identity, runId: undefined })).toEqual({ ...identity, runId: '' })
  })

  test.each([...malformed, ['null', null] as const])('may not be %s', async (_, runId) => {
    const error = await failure({ ...identity, runId })
    expect(error.code).toBe('invalid_identity')
    expect(error.message).toContain('identity.runId ')
  })

  test('is not part of an identity without a run', () => {
    expect(() => checkIdentity({ ...identity, ...{ runId: 'r1' } })).toThrow('the name runId')
  })
})

describe('an identity', () => {
  test.each([undefined, null])('is required: %s is rejected', async (value) => {
    expect((await failure(value)).code).toBe('identity_required')
  })

  test.each([
    ['a text', 'acme/ann/s1'],
    ['a number', 7],
    ['a function', () => identity],
    ['a revoked proxy', revoked()],
    ['an object with a getter that throws', throwing()],
  ])('may not be %s', async (_, value) => {
    expect((await failure(value)).code).toBe('invalid_identity')
  })

  test('is copied and frozen, so that later changes of the argument have no effect', () => {
    const mine = { ...identity }
    const checked = checkIdentity(mine)
    mine.tenantId = 'globex'
    expect(checked).toEqual(identity)
    expect(Object.isFrozen(checked)).toBe(true)
  })

  test('is read once, so that a getter cannot answer the check with one tenant and the store with another', () => {
    let reads = 0
    const shifty = {
      ...identity,
      get tenantId() {
        reads += 1
        return reads === 1 ? 'acme' : 'globex'
      },
    }
    expect(checkRunIdentity(shifty).tenantId).toBe('acme')
    expect(reads).toBe(1)
  })

  test('is never quoted by the error that rejects it', async () => {
    const error = await failure({
      tenantId: 'tenant-5ecret',
      userId: 'user-5ecret',
      sessionId: 'x\0-5ecret',
    })
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain('5ecret')
  })
})

function check(value: unknown): unknown {
  return Reflect.apply(checkRunIdentity, undefined, [value])
}

function failure(value: unknown): Promise<HarborageError> {
  return failureOf(() => check(value))
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function throwing(): object {
  return {
    ...identity,
    get userId(): string {
      throw new Error('not for you')
    },
  }
}
