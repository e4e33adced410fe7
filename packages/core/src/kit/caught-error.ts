// A caught error may come from another realm: under Jest, Node's own errors are not instances of
// the Error of the module that catches them. So `instanceof` is not used here.

/**
 * Returns the `code` of a caught error, such as `ENOENT`, or `undefined` if it has none that is a
 * string. It never throws.
 */
export function codeOf(error: unknown): string | undefined {
  const code = propertyOf(error, 'code')
  return typeof code === 'string' ? code : undefined
}

/** Returns the message of a caught error, or an empty string if it has none. It never throws. */
export function messageOf(error: unknown): string {
  const message = propertyOf(error, 'message')
  return typeof message === 'string' ? message : ''
}

const ERROR_TAGS: ReadonlySet<string> = new Set(['[object Error]', '[object DOMException]'])

/** Returns whether a value is an error of any realm, including a DOMException. It never throws. */
export function isError(value: unknown): value is Error {
  try {
    return ERROR_TAGS.has(Object.prototype.toString.call(value))
  } catch {
    return false
  }
}

/** Reads a property. A getter or a proxy may throw. */
function propertyOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  try {
    return Reflect.get(value, name)
  } catch {
    return undefined
  }
}
