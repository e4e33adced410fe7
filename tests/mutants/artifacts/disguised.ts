/** Passes a value off as one of another type: what a broken store answers need not be what its type says. */
export function disguised<Type>(value: unknown): Type {
  return value as Type
}
