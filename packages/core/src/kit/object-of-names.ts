/**
 * Returns whether a value may be meant as an object with some of these names, all of them optional.
 * A plain object may, and so may any other that has one of them, such as an instance of a class. A
 * promise or a Map has none: it would be taken for an empty object.
 */
export function isObjectOf(names: Iterable<string>, given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return false
  const prototype: unknown = Reflect.getPrototypeOf(given)
  // That of a plain object of another realm has no prototype, too.
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return true
  for (const name of names) if (has(given, name)) return true
  return false
}

/**
 * Reads a property of an argument, but not what a library or an attacker added to
 * `Object.prototype`: it would redirect calls that leave the property out.
 *
 * @param given The argument.
 * @param name The name of the property.
 */
export function readProperty(given: object, name: string): unknown {
  return name in Object.prototype && isOfEveryObject(given, name)
    ? undefined
    : Reflect.get(given, name)
}

/**
 * Returns an argument for a schema library, which would read what something added to
 * `Object.prototype`: a copy without that, if there is any.
 *
 * @param given The argument, which may be anything.
 */
export function withoutInherited<Given>(given: Given): Given {
  if (typeof given !== 'object' || given === null) return given
  if (Object.keys(Object.prototype).length === 0) return given
  const own = {} as Given & object
  Reflect.setPrototypeOf(own, null)
  for (const name in given) {
    if (!isOfEveryObject(given, name)) Reflect.set(own, name, Reflect.get(given, name))
  }
  return own
}

/** Returns whether an object has a name that does not come from `Object.prototype`. */
export function has(given: object, name: string): boolean {
  return name in given && !isOfEveryObject(given, name)
}

/**
 * Returns whether a name comes from `Object.prototype`, to which a library may have added it.
 *
 * @param given The object that has the name.
 * @param name The name of the property.
 */
export function isOfEveryObject(given: object, name: string): boolean {
  if (!(name in Object.prototype)) return false
  let holder: object | null = given
  while (holder !== null && !Object.hasOwn(holder, name)) holder = Reflect.getPrototypeOf(holder)
  return holder === Object.prototype
}
