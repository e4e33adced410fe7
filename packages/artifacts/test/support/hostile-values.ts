/** Stands in every value below that can hold a text; no message may ever quote it. */
export const SECRET = 'hunter2'

/** The reason of an aborted signal is the caller's own, and comes back as it is. */
export const abortReason = new Error(SECRET)

/** What no argument is meant to be, by what it is. */
export const hostileValues: Readonly<Record<string, unknown>> = {
  undefined,
  null: null,
  'an empty text': '',
  'a text with a NUL': `${SECRET}\0`,
  'a text with a lone surrogate': `${SECRET}\udfff`,
  'a text longer than any name': SECRET.repeat(2_000),
  'a text in an object': Object(SECRET),
  'not a number': Number.NaN,
  'an endless number': Number.NEGATIVE_INFINITY,
  'a negative number': -1,
  'a fraction': 1.5,
  'a number beyond the safe integers': 2 ** 60,
  'a bigint': 1n,
  'a boolean': true,
  'a symbol': Symbol(SECRET),
  'a function': () => SECRET,
  'a generator': generate(),
  'an empty object': {},
  'an object of secrets': { [SECRET]: SECRET },
  'an object that writes itself': { toString: () => SECRET, toJSON: () => SECRET },
  'an object whose getters throw': objectWithThrowingGetters(),
  'an object without a prototype': Object.create(null),
  'an object that contains itself': cycle(),
  'an empty list': [],
  'a list of secrets': [SECRET, SECRET],
  'a list with a hole': sparse(),
  'a promise': Promise.resolve(SECRET),
  'an invalid date': new Date(Number.NaN),
  'a map': new Map([[SECRET, SECRET]]),
  'a buffer without a view': new ArrayBuffer(3),
  'numbers of 16 bits': new Uint16Array(3),
  'a proxy that refuses everything': refusingProxy({}),
  'a proxy of a list that refuses everything': refusingProxy([]),
  'a revoked proxy': revokedProxy(),
  'a proxy of bytes': new Proxy(new Uint8Array(3), {}),
  'what only has the prototype of bytes': Object.create(Uint8Array.prototype),
  'an aborted signal': AbortSignal.abort(abortReason),
  'what only has the prototype of a signal': Object.create(AbortSignal.prototype),
  'an error': new Error(SECRET),
  'JSON that would pollute': JSON.parse(
    `{"__proto__":{"tenantId":"${SECRET}","maintenanceScoped":true,"polluted":true}}`,
  ),
}

function* generate(): Generator<string> {
  yield SECRET
}

function objectWithThrowingGetters(): object {
  const refuse = (): never => {
    throw new TypeError(SECRET)
  }
  const names = ['tenantId', 'userId', 'sessionId', 'taskId', 'id', 'scope', 'namespace']
  const more = ['mimeType', 'filename', 'source', 'signal', 'maintenance', 'pageSize', 'length']
  return Object.defineProperties(
    {},
    Object.fromEntries(
      [...names, ...more].map((name) => [name, { get: refuse, enumerable: true }]),
    ),
  )
}

function cycle(): object {
  const whole: Record<string, unknown> = { [SECRET]: SECRET }
  whole['self'] = whole
  return whole
}

function sparse(): unknown[] {
  const list: unknown[] = [SECRET]
  list[3] = SECRET
  return list
}

function refusingProxy(target: object): object {
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
