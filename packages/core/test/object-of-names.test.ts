import { createEventBus } from '@harborage/core'
import {
  checkIdentity,
  checkOwner,
  checkSignal,
  KnownNames,
  storeConfigOf,
} from '@harborage/core/kit'
import { afterEach, describe, expect, test } from 'vitest'

const polluted = ['tenantId', 'runId', 'identity', 'signal', 'dsn'] as const

afterEach(() => {
  for (const name of polluted) Reflect.deleteProperty(Object.prototype, name)
})

/** Adds a property to every object, as an attack on a merge function does. */
function pollute(name: (typeof polluted)[number], value: unknown): void {
  Object.defineProperty(Object.prototype, name, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  })
}

const others: readonly [what: string, given: object][] = [
  ['a promise', Promise.resolve({ signal: undefined })],
  ['a Map', new Map([['signal', 1]])],
  ['a Set', new Set(['signal'])],
  ['an array', []],
  ['a date', new Date()],
  ['a function', () => ({ signal: undefined })],
  ['an instance of a class without such names', new (class Response {})()],
  ['a proxy of a promise', new Proxy(Promise.resolve({}), {})],
]

const same: readonly [what: string, given: object][] = [
  ['a plain object', {}],
  ['a proxy of a plain object', new Proxy({}, {})],
  ['an object without a prototype', Object.assign(Object.create(null), {}) as object],
  [
    'an instance of a class with a getter',
    new (class Options {
      get signal(): undefined {
        return undefined
      }
    })(),
  ],
]

describe('options', () => {
  const names = new KnownNames('options', ['signal', 'ifEventId'])

  test.each(others)('that are %s are rejected', (_, given) => {
    expect(() => checkSignal(given)).toThrow(expect.objectContaining({ code: 'invalid_record' }))
    expect(() => names.check(given)).toThrow(expect.objectContaining({ code: 'invalid_record' }))
  })

  test('that are a promise are rejected with the advice to await it', () => {
    const forgotten: object = Promise.resolve({})
    expect(() => checkSignal(forgotten)).toThrow('options is a promise: await it')
  })

  test('are no better with a name that every object has', () => {
    pollute('signal', undefined)
    const forgotten: object = Promise.resolve({})
    expect(() => checkSignal(forgotten)).toThrow('options is a promise')
  })

  test.each(same)('that are %s are accepted', (_, given) => {
    expect(checkSignal(given)).toBe(undefined)
  })
})

describe('the configuration of a store', () => {
  test.each(others)('that is %s is rejected', (_, given) => {
    expect(() => storeConfigOf(given, [])).toThrow(
      expect.objectContaining({ code: 'invalid_config' }),
    )
  })

  test('counts with what its class or prototype has, but not with what every object has', () => {
    const inherited = Object.create({ dsn: 'sqlite:./agent.db' }) as object
    expect(storeConfigOf(inherited, [])).toEqual({ dsn: 'sqlite:./agent.db' })
    pollute('dsn', 'sqlite:./other.db')
    expect(storeConfigOf({}, [])).toEqual({})
    expect(storeConfigOf(inherited, [])).toEqual({ dsn: 'sqlite:./agent.db' })
  })
})

describe('an event bus', () => {
  test.each(others)('rejects a filter that is %s', (_, given) => {
    expect(() => createEventBus().subscribe(given, () => {})).toThrow('the filter is')
  })

  test.each(others)('rejects options that are %s', (_, given) => {
    expect(() => createEventBus(given)).toThrow('options is')
  })

  test('rejects a filter with an unknown name, which would select more than was meant', () => {
    const filter: object = { tenantID: 'acme' }
    expect(() => createEventBus().subscribe(filter, () => {})).toThrow(
      'the filter has the unknown name tenantID instead of tenantId',
    )
  })
})

describe('an identity', () => {
  const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

  test('has no part of those that every object has', () => {
    pollute('runId', 'other run')
    expect(checkOwner(session)).toEqual({ ...session, runId: '' })
    pollute('tenantId', 'other tenant')
    const { userId, sessionId } = session
    const incomplete = { userId, sessionId } as typeof session
    expect(() => checkIdentity(incomplete)).toThrow(
      expect.objectContaining({ code: 'identity_required' }),
    )
  })

  test('has the parts of its class, whatever every object has', () => {
    pollute('runId', 'other run')
    class Run {
      readonly tenantId = 'acme'
      readonly userId = 'ann'
      readonly sessionId = 's1'
      get runId(): string {
        return 'r1'
      }
    }
    expect(checkOwner(new Run())).toEqual({ ...session, runId: 'r1' })
  })
})
