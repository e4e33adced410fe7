import { failureOf } from '@harborage/test-kit/failure-of'
import { afterEach, describe, expect, test } from 'vitest'

import { checkOpenStore, OptionNames } from '../src/adapter/option-names.ts'

interface Options {
  readonly owner?: unknown
  readonly fence?: boolean
}

const names = new OptionNames('a Keeper', ['owner', 'fence'])

afterEach(() => {
  for (const name of Object.keys(Object.prototype)) Reflect.deleteProperty(Object.prototype, name)
})

/** Adds a property to every object, as a library with a mistake does. */
function pollute(name: string, value: unknown): void {
  Object.defineProperty(Object.prototype, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  })
}

describe('the options of an adapter', () => {
  test('are returned as they are', () => {
    const options: Options = { fence: true }
    expect(names.read(options)).toBe(options)
  })

  test('have no option that something added to every object', () => {
    pollute('fence', true)
    pollute('color', 'blue')
    const options: Options = { owner: 'ann' }
    expect(names.read(options).fence).toBeUndefined()
    expect(names.read(options).owner).toBe('ann')
  })

  test('keep an option of their own that every object has as well', () => {
    pollute('fence', false)
    const options: Options = { fence: true }
    expect(names.read(options).fence).toBe(true)
  })

  test.each([
    ['a misspelled one', { fense: true }, 'there is no option fense: a Keeper takes owner, fence'],
    ['one that may be content', { 'Ann Smith': 1 }, 'there is an unknown option: a Keeper takes'],
    [
      'one of a class',
      new (class {
        readonly fence = true
        readonly more = 1
      })(),
      'no option more',
    ],
  ])('have no other name: %s', async (_what, options, said) => {
    const { code, message } = await failureOf(() => names.read(options))
    expect(code).toBe('invalid_config')
    expect(message).toContain(said)
  })

  test.each([
    ['undefined', 'missing'],
    [null, 'null'],
    ['an owner', 'of type string'],
    [[], 'an array'],
    [Promise.resolve({ owner: 1 }), 'a promise, which has to be awaited'],
    [new Map(), 'of type object'],
  ])('are an object: not %s', async (given, said) => {
    const options: unknown = given === 'undefined' ? undefined : given
    const { code, message } = await failureOf(() => names.read(malformed(options)))
    expect(code).toBe('identity_required')
    expect(message).toBe(`the options are ${said}: pass an object with owner, fence`)
    const others = new OptionNames('a call', ['limit'], 'invalid_record')
    const ofCall = await failureOf(() => others.read(malformed(options)))
    expect(ofCall.code).toBe('invalid_record')
  })

  test('fail with a typed error if they cannot be read', async () => {
    const { proxy, revoke } = Proxy.revocable<Options>({}, {})
    revoke()
    expect((await failureOf(() => names.read(proxy))).code).toBe('invalid_record')
  })
})

/** Returns a value as if it were options, as untyped callers pass it. */
function malformed(value: unknown): Options {
  return value as Options
}

test.each([undefined, null, {}, 'store', Promise.resolve({ append: 1 })])(
  'a store is an open one: not %s',
  async (store) => {
    const checking = () => checkOpenStore('journal', store, 'append', 'openJournalStore')
    const { code, message } = await failureOf(checking)
    expect(code).toBe('invalid_config')
    expect(message).toMatch(/^journal is .*: pass what openJournalStore\(\) resolved to$/)
  },
)
