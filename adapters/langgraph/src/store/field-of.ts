/** Returns a field of an argument, whatever it is. */
export function fieldOf(given: object, name: string): unknown {
  return Reflect.get(given, name)
}
