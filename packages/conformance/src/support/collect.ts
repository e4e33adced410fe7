import assert from 'node:assert/strict'

/** More than any case saves: a walk that never ends is stopped here. */
const MAX_ITEMS = 10_000

/** Walks to the end and returns everything that the walk yielded. */
export async function collect<Item>(walk: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of walk) {
    items.push(item)
    assert.ok(items.length <= MAX_ITEMS, 'the walk does not end')
  }
  return items
}
