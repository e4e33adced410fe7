/**
 * Walks many records page by page, holding one page at a time and nothing open in between.
 *
 * @param fetchPage Fetches up to `pageSize` items that come after the given one, or the first ones.
 */
export function walkPages<Item>(
  pageSize: number,
  fetchPage: (after: Item | undefined) => Promise<readonly Item[]>,
): AsyncIterable<Item> {
  return {
    async *[Symbol.asyncIterator]() {
      let after: Item | undefined
      for (;;) {
        const page = await fetchPage(after)
        yield* page
        after = page.at(-1)
        if (page.length < pageSize) return
      }
    },
  }
}
