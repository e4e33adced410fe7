import { types } from 'node:util'

/** Returns the first items, up to the one with which they hold `maxBytes`. */
export function firstOf<Item extends object>(
  items: Iterable<Item>,
  limit: number,
  maxBytes: number,
): Item[] {
  const page: Item[] = []
  let bytes = 0
  for (const item of items) {
    page.push(item)
    if ('bytes' in item && types.isUint8Array(item.bytes)) bytes += item.bytes.byteLength
    if (page.length >= limit || bytes >= maxBytes) break
  }
  return page
}
