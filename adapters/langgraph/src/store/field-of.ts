/** Returns a field of an argument that was not checked yet. */
export function fieldOf(given: object, name: string): unknown {
  return Reflect.get(given, name)
}
