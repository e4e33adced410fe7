/**
 * Returns whether an object was made by `JSON.rawJSON`. Its text may be a number that no JavaScript
 * number equals, such as `1e999`.
 */
export function isRawJson(value: object): boolean {
  const isRaw: unknown = Reflect.get(JSON, 'isRawJSON')
  return typeof isRaw === 'function' && Reflect.apply(isRaw, JSON, [value]) === true
}
