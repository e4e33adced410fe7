import assert from 'node:assert/strict'

/** More than any case saves: a walk that goes round in circles ends here. */
const MOST_ITEMS = 10_000

/** Walks to the end and gives everything that came. */
export async function collect<Item>(walk: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of walk) {
    items.push(item)
    assert.ok(items.length <= MOST_ITEMS, 'the walk does not end')
  }
  return items
}
