/** What stands in the values below: no message and no event may ever quote it. */
export const SECRET = '5ecret'

/** The reason of a signal that was aborted: it is the caller's, and is handed back as it is. */
export const abortReason = new Error(SECRET)

/** Values that no argument of a store is meant to be, by what they are. */
export const hostileValues: Readonly<Record<string, unknown>> = {
  'an undefined value': undefined,
  'a null': null,
  'an empty text': '',
  'a text with a NUL': `${SECRET}\0`,
  'a text with a lone surrogate': `${SECRET}\ud800`,
  'a text that is too long': SECRET.repeat(200_000),
  'a String object': Object(SECRET),
  NaN: Number.NaN,
  Infinity,
  'a negative number': -1,
  'a fraction': 0.5,
  'a bigint': 7n,
  'a boolean': true,
  'a symbol': Symbol(SECRET),
  'a function': () => SECRET,
  'an empty object': {},
  'an object of secrets': { key: SECRET, toString: () => SECRET, toJSON: () => SECRET },
  'an object without a prototype': Object.create(null),
  'an object with a getter that throws': throwingGetter(),
  'an empty array': [],
  'an array of arrays': [[SECRET]],
  'an array with holes': Array.from({ length: 3 }).fill(undefined, 0, 0),
  'an array that states a great length': Object.assign([], { length: 2 ** 32 - 1 }),
  'a circle': circle(),
  'a promise': Promise.resolve(SECRET),
  'an invalid date': new Date(Number.NaN),
  'a date far away': new Date(8.64e15),
  'a map': new Map([[SECRET, SECRET]]),
  'an array buffer': new ArrayBuffer(3),
  'bytes of another width': new Uint16Array([1, 2, 3]),
  'a proxy that throws': throwingProxy(),
  'a revoked proxy': revokedProxy(),
  'a proxy of bytes': new Proxy(new Uint8Array([1, 2, 3]), {}),
  'bytes that were transferred': transferredBytes(),
  'an aborted signal': AbortSignal.abort(abortReason),
  'what only has the prototype of a signal': Object.create(AbortSignal.prototype),
  'what only has the prototype of bytes': Object.create(Uint8Array.prototype),
  'what only has the prototype of a date': Object.create(Date.prototype),
  'parsed JSON that pollutes': JSON.parse(
    `{ "__proto__": { "tenantId": "${SECRET}", "polluted": true } }`,
  ),
}

function throwingGetter(): object {
  return {
    get tenantId(): never {
      throw new Error(SECRET)
    },
    get userMessage(): never {
      throw new Error(SECRET)
    },
    get bytes(): never {
      throw new Error(SECRET)
    },
    get signal(): never {
      throw new Error(SECRET)
    },
    get a(): never {
      throw new Error(SECRET)
    },
  }
}

function circle(): object {
  const circular: { self?: object } = {}
  circular.self = circular
  return circular
}

function throwingProxy(): object {
  const refuse = (): never => {
    throw new Error(SECRET)
  }
  return new Proxy(
    {},
    {
      get: refuse,
      has: refuse,
      ownKeys: refuse,
      getPrototypeOf: refuse,
      getOwnPropertyDescriptor: refuse,
    },
  )
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
