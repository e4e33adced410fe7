/** Returns the namespace of an id: the part before its last underscore. */
export function namespaceOf(id: string): string {
  return id.slice(0, Math.max(id.lastIndexOf('_'), 0))
}
