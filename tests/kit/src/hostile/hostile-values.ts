/** Is part of the values below. No message and no event may ever quote it. */
export const SECRET = '5ecret'

/** The reason of an aborted signal. It belongs to the caller, who gets it back as it is. */
export const abortReason: Error = new Error(SECRET)

/** Values that are unsuitable for every argument of a store, by their description. */
export const hostileValues: Readonly<Record<string, unknown>> = {
  'an undefined value': undefined,
  'a null': null,
  'an empty string': '',
  'a string with a NUL': `${SECRET}\0`,
  'a string with a lone surrogate': `${SECRET}\ud800`,
  'a string with a lone low surrogate': `${SECRET}\udfff`,
  'a string longer than any name': SECRET.repeat(2_000),
  'a string that is too long': SECRET.repeat(200_000),
  'a String object': Object(SECRET),
  NaN: Number.NaN,
  Infinity,
  '-Infinity': Number.NEGATIVE_INFINITY,
  'a negative number': -1,
  'a fraction': 0.5,
  'a fraction above one': 1.5,
  'a number beyond the safe integers': 2 ** 53,
  'a number far beyond the safe integers': 2 ** 60,
  'a bigint': 7n,
  'a boolean': true,
  'a symbol': Symbol(SECRET),
  'a function': () => SECRET,
  'a class': class Secret {},
  'a generator': generate(),
  'an empty object': {},
  'an object of secrets': { key: SECRET, toString: () => SECRET, toJSON: () => SECRET },
  'an object with a secret as its key': { [SECRET]: SECRET },
  'an object without a prototype': Object.create(null),
  'an object with a getter that throws': throwingGetters(),
  'an empty array': [],
  'an array of secrets': [SECRET, SECRET],
  'an array of arrays': [[SECRET]],
  'an array with holes': Array.from({ length: 3 }).fill(undefined, 0, 0),
  'an array with a hole between secrets': sparse(),
  'an array that states a great length': Object.assign([], { length: 2 ** 32 - 1 }),
  'a circle': circle(),
  'a promise': Promise.resolve(SECRET),
  'an invalid date': new Date(Number.NaN),
  'a date far away': new Date(8.64e15),
  'a map': new Map([[SECRET, SECRET]]),
  'an array buffer': new ArrayBuffer(3),
  '16-bit numbers': new Uint16Array([1, 2, 3]),
  'a proxy that throws': throwingProxy({}),
  'a proxy of an array that throws': throwingProxy([]),
  'a revoked proxy': revokedProxy(),
  'a proxy of bytes': new Proxy(new Uint8Array([1, 2, 3]), {}),
  'bytes that were transferred': transferredBytes(),
  'an aborted signal': AbortSignal.abort(abortReason),
  'an object with the prototype of a signal': Object.create(AbortSignal.prototype),
  'an object with the prototype of bytes': Object.create(Uint8Array.prototype),
  'an object with the prototype of a date': Object.create(Date.prototype),
  'an error': new Error(SECRET),
  'parsed JSON that pollutes': JSON.parse(
    `{ "__proto__": { "tenantId": "${SECRET}", "maintenanceScoped": true, "polluted": true } }`,
  ),
}

function* generate(): Generator<string> {
  yield SECRET
}

function throwingGetters(): object {
  const refuse = (): never => {
    throw new TypeError(SECRET)
  }
  const names = [
    ...['tenantId', 'userId', 'sessionId', 'taskId', 'id', 'scope', 'namespace', 'mimeType'],
    ...['filename', 'source', 'signal', 'maintenance', 'pageSize', 'length', 'bytes', 'a'],
    'userMessage',
  ]
  return Object.defineProperties(
    {},
    Object.fromEntries(names.map((name) => [name, { get: refuse, enumerable: true }])),
  )
}

function sparse(): unknown[] {
  const list: unknown[] = [SECRET]
  list[3] = SECRET
  return list
}

function circle(): object {
  const circular: { self?: object; secret: string } = { secret: SECRET }
  circular.self = circular
  return circular
}

function throwingProxy(target: object): object {
  const refuse = (): never => {
    throw new Error(SECRET)
  }
  return new Proxy(target, {
    get: refuse,
    has: refuse,
    ownKeys: refuse,
    getPrototypeOf: refuse,
    getOwnPropertyDescriptor: refuse,
  })
}

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function transferredBytes(): Uint8Array {
  const bytes = new Uint8Array([1, 2, 3])
  structuredClone(bytes, { transfer: [bytes.buffer] })
  return bytes
}
