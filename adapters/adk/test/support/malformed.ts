/** Returns a value as if it had another type, as untyped callers pass it. */
export function malformed<Type>(value: unknown): Type {
  return value as Type
}
