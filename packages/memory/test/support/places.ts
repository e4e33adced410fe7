/** Where a value stands in the arguments of a call, as in `[0, 'tenantId']`. */
export type Place = readonly (string | number)[]

/** Every place in arguments where another value may be put. */
export function placesIn(args: unknown, place: Place = []): Place[] {
  if (typeof args !== 'object' || args === null || isLeaf(args)) return [place]
  const keys = Array.isArray(args) ? [...args.keys()] : Object.keys(args)
  const inner = keys.flatMap((key) => placesIn(Reflect.get(args, key), [...place, key]))
  return place.length === 0 ? inner : [place, ...inner]
}

/** A copy with another value at a place. */
export function withValueAt(whole: unknown, [key, ...rest]: Place, value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(whole)) {
    return whole.map((each: unknown, index) =>
      index === key ? withValueAt(each, rest, value) : each,
    )
  }
  const inner: unknown = Reflect.get(Object(whole), key)
  return { ...Object(whole), [key]: withValueAt(inner, rest, value) }
}

function isLeaf(value: object): boolean {
  return value instanceof Uint8Array || value instanceof Date
}
