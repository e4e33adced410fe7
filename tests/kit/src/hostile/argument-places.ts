/** Where a value is in the arguments of a call, such as `[0, 'identity', 'tenantId']`. */
export type Place = readonly (string | number)[]

/** Returns every place in the arguments of a call where another value may be put. */
export function placesIn(args: readonly unknown[]): Place[] {
  return args.flatMap((arg, index) => placesBelow(arg, [index]))
}

/** Returns a copy of the arguments with another value at a place. */
export function withValueAt(
  args: readonly unknown[],
  [index, ...rest]: Place,
  value: unknown,
): unknown[] {
  return args.map((arg, at) => (at === index ? replaced(arg, rest, value) : arg))
}

function placesBelow(whole: unknown, place: Place): Place[] {
  if (typeof whole !== 'object' || whole === null || isLeaf(whole)) return [place]
  const keys = Array.isArray(whole) ? [...whole.keys()] : Object.keys(whole)
  return [place, ...keys.flatMap((key) => placesBelow(Reflect.get(whole, key), [...place, key]))]
}

function replaced(whole: unknown, place: Place, value: unknown): unknown {
  const [key, ...rest] = place
  if (key === undefined) return value
  if (Array.isArray(whole)) return withValueAt(whole, place, value)
  const inner: unknown = Reflect.get(Object(whole), key)
  return { ...Object(whole), [key]: replaced(inner, rest, value) }
}

function isLeaf(value: object): boolean {
  return value instanceof Uint8Array || value instanceof Date
}
