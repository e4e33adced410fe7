/** The scheme of a DSN, or `undefined` for a plain path. A single letter is a Windows drive. */
export function schemeOf(dsn: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):/i.exec(dsn)?.[1]?.toLowerCase()
}
