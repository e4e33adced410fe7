/** Returns an object without the members that are `undefined`. */
export function withoutUndefined<Value>(
  members: Readonly<Record<string, Value | undefined>>,
): Readonly<Record<string, Value>> {
  const known: [string, Value][] = []
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) known.push([name, value])
  }
  return Object.fromEntries(known)
}
