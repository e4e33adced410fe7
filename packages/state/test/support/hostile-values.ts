/** Is part of every value below. No message may ever quote it. */
export const SECRET = '5ecret'

/** The reason of an aborted signal. It belongs to the caller, who gets it back as it is. */
export const abortReason = new Error(SECRET)

/** Values that are unsuitable for every argument, by their description. */
export const hostileValues: Readonly<Record<string, unknown>> = {
  'an undefined value': undefined,
  'a null': null,
  'an empty string': '',
  'a string with a NUL': `${SECRET}\0`,
  'a string with a lone surrogate': `${SECRET}\ud800`,
  'a string that is too long': SECRET.repeat(1_000),
  'a String object': Object(SECRET),
  NaN: Number.NaN,
  Infinity,
  'a negative number': -1,
  'a fraction': 0.5,
  'a number beyond the safe integers': 2 ** 53,
  'a bigint': 7n,
  'a boolean': true,
  'a symbol': Symbol(SECRET),
  'a function': () => SECRET,
  'a class': class Secret {},
  'an empty object': {},
  'an object of secrets': { [SECRET]: SECRET, toString: () => SECRET, toJSON: () => SECRET },
  'an object without a prototype': Object.create(null),
  'an empty array': [],
  'an array of secrets': [SECRET, SECRET],
  'an array with holes': Array.from({ length: 3 }).fill(undefined, 0, 0),
  'an array of arrays': [[SECRET]],
  'a promise': Promise.resolve(SECRET),
  'an invalid date': new Date(Number.NaN),
  'a date far away': new Date(8.64e15),
  'a map': new Map([[SECRET, SECRET]]),
  'an array buffer': new ArrayBuffer(3),
  '16-bit numbers': new Uint16Array([1, 2, 3]),
  'a proxy that throws': throwingProxy(),
  'a revoked proxy': revokedProxy(),
  'a proxy of bytes': new Proxy(new Uint8Array([1, 2, 3]), {}),
  'an aborted signal': AbortSignal.abort(abortReason),
  'an object with the prototype of a signal': Object.create(AbortSignal.prototype),
  'an object with the prototype of bytes': Object.create(Uint8Array.prototype),
  'an object with the prototype of a date': Object.create(Date.prototype),
  'an error': new Error(SECRET),
  'parsed JSON that pollutes': JSON.parse(
    `{ "__proto__": { "tenantId": "${SECRET}", "maintenanceScoped": true, "polluted": true } }`,
  ),
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
