// oxlint-disable unicorn/no-thenable, typescript/only-throw-error, typescript/no-unsafe-return -- deliberate.
import { abortReason, hostileValues, SECRET } from '@harborage/test-kit/hostile/hostile-values'

import type { Random } from '../../harness/random.ts'

const ownAbortReason = new Error(SECRET)

/** The reasons of the signals among the junk: they are handed back as they are. */
export const abortReasons: ReadonlySet<unknown> = new Set([abortReason, ownAbortReason])

/** Returns a value that is invalid as any argument, or almost valid. */
export type Junk = (random: Random) => unknown

const known: readonly unknown[] = Object.values(hostileValues)

const names: readonly string[] = [
  ...['tenantId', 'userId', 'sessionId', 'runId', 'taskId', 'identity', 'kind', 'eventId', 'bytes'],
  ...[
    'version',
    'updatedAt',
    'signal',
    'ifEventId',
    'pageSize',
    'maintenance',
    'maintenanceScoped',
  ],
  ...['namespace', 'mimeType', 'filename', 'source', 'id', 'scope', 'userMessage', 'turnId'],
  ...['strategy', 'summary', 'expect', 'save', 'delete', 'length', 'then', 'toJSON', 'constructor'],
  ...[
    '__proto__',
    'prototype',
    'toString',
    'valueOf',
    'aborted',
    'thresholdBytes',
    'driver',
    'dsn',
  ],
]

const letters: readonly string[] = [
  ...['a', 'Z', '0', ' ', '\0', '\n', '\ud800', '\udfff', '\uffff', '😀', 'é', '%', '_'],
  ...['\\', "'", '"', '..', '/', '__proto__', '\u202e', '\ufeff', SECRET],
]

const longText = `${SECRET} `.repeat(50_000)

const text: Junk = (random) => {
  switch (random.below(12)) {
    case 0:
      return longText
    case 1:
      return 'é'.repeat(random.below(140))
    case 2:
      return random.of(names)
    case 3:
      return random.of(['\ud800', '\udbff', '\udc00', '\udfff'])
    default:
      return Array.from({ length: random.below(5) }, () => random.of(letters)).join('')
  }
}

const number: Junk = (random) =>
  random.of([-0, 0, 1, 1e3, 1001, -1, 0.1, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 63), 1e308, 5e-324])

/** Returns a function that throws a value, which is not always an error. */
function thrower(random: Random): () => never {
  const thrown = [new Error(SECRET), null, undefined, SECRET, revoked({}), 7][random.below(6)]
  return () => {
    throw thrown
  }
}

const plainObject: Junk = (random) =>
  Object.fromEntries(
    Array.from({ length: random.below(4) }, () => [random.of(names), junk(random)]),
  )

/** With `__proto__` as a name of its own, as from JSON. */
const polluting: Junk = (random) => {
  const whole: unknown = JSON.parse(
    `{"__proto__":{"polluted":true,"maintenanceScoped":true,"tenantId":"${SECRET}","signal":1},"constructor":{"prototype":{"polluted":true}}}`,
  )
  return random.below(2) === 0 ? whole : Object.assign(Object.create(null), whole)
}

const getters: Junk = (random) => {
  const refuse = thrower(random)
  return Object.defineProperties(
    {},
    Object.fromEntries(
      names.map((name) => [name, { get: refuse, enumerable: random.below(2) === 0 }]),
    ),
  )
}

/** Returns an object whose properties change with every access. */
const fickle: Junk = (random) => {
  const answers = [junk(random), 'acme', junk(random)]
  let asked = 0
  const get = (): unknown => {
    asked += 1
    return answers[asked % answers.length]
  }
  return Object.defineProperties(
    {},
    Object.fromEntries(names.map((name) => [name, { get, enumerable: true }])),
  )
}

/** Returns an object with wrong conversions to a text, a number or JSON. */
const converting: Junk = (random) => {
  const convert = random.below(2) === 0 ? thrower(random) : () => random.of([SECRET, 1, {}, null])
  return {
    toString: convert,
    valueOf: convert,
    toJSON: convert,
    [Symbol.toPrimitive]: convert,
    get [Symbol.toStringTag]() {
      return convert()
    },
  }
}

const thenable: Junk = (random) => {
  const answer = junk(random)
  return random.of<() => unknown>([
    () => ({ then: (resolve: (value: unknown) => void) => resolve(answer) }),
    () => ({ then: thrower(random) }),
    () => Object.defineProperty({}, 'then', { get: thrower(random) }),
    () => ({ then: SECRET }),
  ])()
}

const targets: readonly (() => object)[] = [
  () => ({}),
  () => [],
  () => () => SECRET,
  () => new Uint8Array(3),
  () => new Date(0),
  () => new AbortController().signal,
  () => ({ tenantId: 'acme', userId: 'ann', sessionId: 's1' }),
]

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

const proxy: Junk = (random) => {
  const target = random.of(targets)()
  const refuse = thrower(random)
  const traps = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'] as const
  return random.of<() => unknown>([
    () => revoked(target),
    () => new Proxy(target, {}),
    () => new Proxy(target, Object.fromEntries(traps.map((trap) => [trap, refuse]))),
    () => new Proxy(target, { [random.of(traps)]: refuse }),
    () => new Proxy(target, { get: () => junk(random) }),
    // Results that the language does not allow.
    () => new Proxy(target, { ownKeys: () => ['a', 'a'], getPrototypeOf: () => Date.prototype }),
  ])()
}

class LyingBytes extends Uint8Array {
  override get byteLength(): number {
    return 0
  }
  override get length(): number {
    return 2 ** 40
  }
  static get [Symbol.species](): Uint8ArrayConstructor {
    throw new Error(SECRET)
  }
}

class LyingDate extends Date {
  override getTime(): number {
    throw new Error(SECRET)
  }
}

class FarDate extends Date {
  override getTime(): number {
    return 2 ** 60
  }
}

const bytes: Junk = (random) =>
  random.of<() => unknown>([
    () => new LyingBytes(4),
    () => Object.defineProperty(new Uint8Array(4), 'byteLength', { get: thrower(random) }),
    () => Object.defineProperty(new Uint8Array(4), 'constructor', { get: thrower(random) }),
    () => new Uint8ClampedArray(4),
    () => Buffer.from(SECRET),
    () => new Uint8Array(new SharedArrayBuffer(4)),
    () => {
      const buffer = new ArrayBuffer(8, { maxByteLength: 16 })
      const view = new Uint8Array(buffer, 4)
      buffer.resize(random.of([0, 8, 16]))
      return view
    },
    () => {
      const view = new Uint8Array(4)
      structuredClone(view, { transfer: [view.buffer] })
      return view
    },
    () => new DataView(new ArrayBuffer(2)),
    () => Object.setPrototypeOf(new Uint8Array(2), null),
  ])()

const date: Junk = (random) =>
  random.of<() => unknown>([
    () => new LyingDate(),
    () => new FarDate(),
    () => Object.setPrototypeOf(new Date(), null),
    () => Object.assign(new Date(), { getTime: thrower(random) }),
    () => new Date(-8.64e15),
  ])()

const list: Junk = (random) =>
  random.of<() => unknown>([
    () => Array.from({ length: random.below(4) }, () => junk(random)),
    () => Array.from({ length: 3 }, () => SECRET),
    () => Object.assign([], { length: 2 ** 32 - 1 }),
    () => Object.assign([SECRET], { [Symbol.iterator]: thrower(random) }),
    () => Object.assign([SECRET], { [Symbol.iterator]: endless }),
    () => Object.assign([], { [Symbol.iterator]: endless }),
    () => Object.defineProperty([1], 0, { get: thrower(random) }),
    () => Object.assign([], { toJSON: thrower(random) }),
  ])()

function* endless(): Generator<string> {
  for (;;) yield SECRET
}

const signal: Junk = (random) =>
  random.of<() => unknown>([
    () => AbortSignal.abort(ownAbortReason),
    () => Object.assign(Object.create(AbortSignal.prototype), {}),
    () => ({ aborted: true, reason: SECRET, addEventListener() {}, throwIfAborted() {} }),
    () => Object.defineProperty(new AbortController().signal, 'aborted', { get: thrower(random) }),
    () =>
      Object.defineProperty(new AbortController().signal, 'throwIfAborted', {
        value: thrower(random),
      }),
    () =>
      Object.defineProperty(new AbortController().signal, 'addEventListener', {
        value: thrower(random),
      }),
    () => ({ signal: junk(random) }),
  ])()

const other: Junk = (random) =>
  random.of<() => unknown>([
    () => Symbol.iterator,
    () => 10n ** 30n,
    () => async () => SECRET,
    () => new Set([SECRET]),
    () => new WeakMap(),
    () => /5ecret/g,
    () => Object(Symbol(SECRET)),
    () =>
      new (class Secret {
        tenantId = SECRET
      })(),
    () => globalThis,
    () => Object.prototype,
    () => circular(),
  ])()

function circular(): object {
  const whole: Record<string, unknown> = {}
  whole['source'] = whole
  return whole
}

const sorts: readonly Junk[] = [
  ...[text, text, text, number, plainObject, polluting, getters, fickle, converting, thenable],
  ...[
    proxy,
    proxy,
    bytes,
    date,
    list,
    signal,
    other,
    (random: Random) => known[random.below(known.length)],
  ],
]

/** Returns a value of any kind. */
export function junk(random: Random): unknown {
  return random.of(sorts)(random)
}
