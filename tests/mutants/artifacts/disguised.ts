/**
 * Returns a value as if it had another type: a broken store may answer with a value of the wrong
 * type.
 */
export function disguised<Type>(value: unknown): Type {
  return value as Type
}
