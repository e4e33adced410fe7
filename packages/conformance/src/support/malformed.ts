/** Passes a value off as one of another type, as a caller who has no types may. */
export function malformed<Type>(value: unknown): Type {
  return value as Type
}
