import { failureOf } from '@harborage/test-kit/failure-of'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { escapeName, isDigest, unescapeName } from '../src/adapter/escaped-names.ts'
import { checkSessionId, sessionNameOf, sessionOf } from '../src/adapter/session-name.ts'
import { checkIdentity, userOwner } from '../src/identity.ts'

const ann = userOwner({ tenantId: 'acme', userId: 'ann' })
/** Any text, with lone surrogates and NUL. */
const anyText = fc.string({
  unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  maxLength: 400,
})

describe('the name of a session', () => {
  test.each(['s1', 'Zürich 🙂', 'a/b', 'x'.repeat(256), 'ü'.repeat(128)])('is its id: %s', (id) => {
    expect(sessionNameOf(id)).toBe(id)
  })

  // Released formats have these names.
  test.each([
    ['%', '%u7OvoxrxrfLess03dPYt9YB6z0SWP8KW5i3hOwA4Cms'],
    ['a\0', '%otOYkikBNE0IGA3EHT6dc9jBSMf24JKDW7so4C288YQ'],
  ])('is always the same digest of an id that can be no name: %j', (id, name) => {
    expect(sessionNameOf(id)).toBe(name)
  })

  test.each(['\ud800', 'x'.repeat(257), 'ü'.repeat(129)])('is a digest of %j', (id) => {
    expect(isDigest(sessionNameOf(id), '%')).toBe(true)
  })

  test('is one that every store takes, and no other id has it', () => {
    fc.assert(
      fc.property(anyText, anyText, (left, right) => {
        fc.pre(left !== '' && right !== '')
        expect(checkIdentity(sessionOf(ann, left)).sessionId).toBe(sessionNameOf(left))
        expect(sessionNameOf(left) === sessionNameOf(right)).toBe(left === right)
      }),
    )
  })

  test.each([
    [undefined, 'identity_required'],
    [null, 'identity_required'],
    ['', 'identity_required'],
    [5, 'invalid_identity'],
    [{}, 'invalid_identity'],
  ])('needs an id that is a text: not %j', async (id, code) => {
    expect((await failureOf(() => checkSessionId(id))).code).toBe(code)
  })
})

describe('an escaped name', () => {
  test('has no slash and no NUL, and gives the name back', () => {
    fc.assert(
      fc.property(anyText, (name) => {
        const escaped = escapeName(name, 10_000)
        expect(escaped).not.toMatch(/[/\0]/)
        expect(escaped.isWellFormed()).toBe(true)
        expect(unescapeName(escaped)).toBe(name)
      }),
    )
  })

  test('is a digest of a name that is too long, which no shorter name has', () => {
    const escaped = escapeName('ü'.repeat(100), 100)
    expect(isDigest(escaped)).toBe(true)
    expect(unescapeName(escaped)).toBeUndefined()
    expect(escapeName(escaped, 100)).not.toBe(escaped)
  })
})
