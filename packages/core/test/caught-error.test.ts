import { runInNewContext } from 'node:vm'
import { HarborageError, isHarborageError } from '@harborage/core'
import { codeOf, isError, messageOf } from '@harborage/core/kit'
import { expect, test } from 'vitest'

/** Evaluates an expression in another realm, whose classes are not those of this one. */
function foreign(expression: string): unknown {
  return runInNewContext(expression)
}

test('the code and the message of an error of another realm are read', () => {
  const error = foreign(`Object.assign(new Error('no such file'), { code: 'ENOENT' })`)
  expect(error instanceof Error).toBe(false)
  expect(codeOf(error)).toBe('ENOENT')
  expect(messageOf(error)).toBe('no such file')
  expect(isError(error)).toBe(true)
})

test('an error of Harborage is recognized whichever realm its class extends', () => {
  const Base = foreign(`Error`) as ErrorConstructor
  const error = Object.assign(new Base('gone'), { code: 'not_found' })
  expect(isHarborageError(error)).toBe(false)
  Object.defineProperty(error, Symbol.for('harborage.error'), { value: true })
  expect(isHarborageError(error, 'not_found')).toBe(true)
  expect(isHarborageError(new HarborageError('not_found', 'gone'), 'not_found')).toBe(true)
})

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'ENOENT'],
  ['a number as code', { code: 7, message: 7 }],
  [
    'getters that throw',
    Object.defineProperties(
      {},
      Object.fromEntries(
        ['code', 'message'].map((name) => [
          name,
          {
            get(): never {
              throw new Error('read')
            },
          },
        ]),
      ),
    ),
  ],
  ['a revoked proxy', revokedProxy()],
])('%s has neither a code nor a message and is not an error', (_, value) => {
  expect(codeOf(value)).toBeUndefined()
  expect(messageOf(value)).toBe('')
  expect(isError(value)).toBe(false)
  expect(isHarborageError(value)).toBe(false)
})

test.each([
  ['an Error', new Error('x')],
  ['a subclass', new TypeError('x')],
  ['an AggregateError', new AggregateError([])],
  ['a DOMException', new DOMException('x', 'AbortError')],
])('%s is an error', (_, error) => {
  expect(isError(error)).toBe(true)
})

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
