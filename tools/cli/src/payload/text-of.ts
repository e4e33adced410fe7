const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Returns bytes as text, or `undefined` if they are not UTF-8 or have a NUL. */
export function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** Bytes in a line of `--json`: as text if they are UTF-8, else in base64. */
export type JsonPayload =
  | { readonly encoding: 'utf8'; readonly text: string }
  | { readonly encoding: 'base64'; readonly base64: string }

/** Returns bytes as a line of `--json` has them. */
export function jsonPayload(bytes: Uint8Array): JsonPayload {
  const text = textOf(bytes)
  return text === undefined
    ? { encoding: 'base64', base64: Buffer.from(bytes).toString('base64') }
    : { encoding: 'utf8', text }
}
