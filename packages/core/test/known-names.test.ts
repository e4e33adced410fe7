import { listenToOperations } from '@harborage/core'
import { KnownNames } from '@harborage/core/kit'
import { afterEach, expect, onTestFinished, test } from 'vitest'

const names = new KnownNames('options', ['signal', 'ifEventId', 'pageSize'])

afterEach(() => {
  Reflect.deleteProperty(Object.prototype, 'ofEveryObject')
})

test.each<[what: string, given: object]>([
  ['nothing', {}],
  ['known names', { signal: 1, ifEventId: undefined }],
  ['known names that are inherited', Object.create({ signal: 1, pageSize: 2 }) as object],
  [
    'an instance of a class',
    new (class Options {
      signal = 1
      describe(): void {}
    })(),
  ],
  ['an object without a prototype', Object.assign(Object.create(null), { signal: 1 }) as object],
  ['a symbol', { [Symbol('mark')]: 1 }],
  ['a name that is not enumerable', Object.defineProperty({}, 'mark', { value: 1 })],
])('%s is accepted', (_, given) => {
  names.check(given)
})

test('names that a library added to the prototype of all objects are ignored', () => {
  Object.assign(Object.prototype, { ofEveryObject: 1 })
  names.check({ signal: 1 })
  expect(() => names.check({ ofEveryObject: 1 })).toThrow('a name that this call does not know')
})

test('a known name that something added to the prototype of all objects is rejected', () => {
  Object.assign(Object.prototype, { pageSize: 1 })
  onTestFinished(() => void Reflect.deleteProperty(Object.prototype, 'pageSize'))
  expect(() => names.check({ signal: 1 })).toThrow(
    'options has no pageSize, but something added one to Object.prototype: remove it there',
  )
  names.check({ pageSize: 2 })
  names.checkUnknown({ signal: 1 })
})

test.each([
  ['ifEventID', 'ifEventId'],
  ['IFEVENTID', 'ifEventId'],
  ['ifEvntId', 'ifEventId'],
  ['signals', 'signal'],
  ['pageSizes', 'pageSize'],
  ['singal', 'signal'],
  ['ifEvnetIds', 'ifEventId'],
])('for %s it suggests %s', (given, suggested) => {
  expect(() => names.check({ [given]: 1 })).toThrow(
    `options has the unknown name ${given} instead of ${suggested}: it takes signal, ifEventId, pageSize`,
  )
})

test('the message contains a name that belongs to another argument, but no unknown one', () => {
  expect(() => names.check({ tenantId: 1 })).toThrow('has the name tenantId, which does not belong')
  for (const made of ['hunter2', 'x'.repeat(100_000), 'patient name']) {
    expect(() => names.check({ [made]: 1 })).toThrow(
      /^options has a name that this call does not know: it takes signal, ifEventId, pageSize$/,
    )
  }
})

test('the error has the code of the argument', () => {
  const identity = new KnownNames('the identity', ['tenantId'], 'invalid_identity')
  expect(() => identity.check({ tenant: 1 })).toThrow(
    expect.objectContaining({ code: 'invalid_identity' }),
  )
})

test('listeners under other names are rejected', () => {
  const listeners = { onEnds: () => {} }
  expect(() => listenToOperations(listeners as object)).toThrow('onEnds instead of onEnd')
})
