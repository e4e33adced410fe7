/** The largest number of rows of a page, and the number of bytes at which it ends. */
export interface PageBounds {
  /** The most rows of the page. */
  readonly limit: number
  /** The bytes of content with which the page stops. */
  readonly maxBytes: number
}

/** The reads of {@link fillPage}. Each returns rows after the given one, or the first ones. */
export interface PageReader<Row, Whole extends Row> {
  /**
   * Reads up to `limit` rows. Leaves out the content of rows with more than `inlineBytes` bytes.
   */
  readonly read: (
    after: Row | undefined,
    limit: number,
    inlineBytes: number,
  ) => Promise<readonly Row[]>
  /** Reads the content sizes in bytes of up to `limit` rows. */
  readonly readSizes: (after: Row | undefined, limit: number) => Promise<readonly number[]>
  /** Returns whether the content of the row was read. */
  readonly isWhole: (row: Row) => row is Whole
  /** Returns the content size of a row in bytes. */
  readonly bytesOf: (row: Whole) => number
}

/**
 * Reads a page that ends once it holds `maxBytes`. One statement is enough if no row exceeds its
 * equal share of them. Otherwise a second one reads sizes, and a third one as many rows as fit.
 */
export async function fillPage<Row, Whole extends Row>(
  { limit, maxBytes }: PageBounds,
  { read, readSizes, isWhole, bytesOf }: PageReader<Row, Whole>,
): Promise<readonly Whole[]> {
  let asked = limit
  let rows = await read(undefined, asked, Math.floor(maxBytes / limit))
  // Rows of at most their share cannot exceed the limit.
  if (rows.every(isWhole)) return rows
  const page: Whole[] = []
  let held = 0
  for (;;) {
    const before = page.length
    for (const row of rows) {
      if (!isWhole(row)) break
      held += bytesOf(row)
      if (page.push(row) >= limit || held >= maxBytes) return page
    }
    const isEnd = rows.length < asked
    const left = rows.length - (page.length - before)
    if (isEnd && left === 0) return page
    const sizes = await readSizes(page.at(-1), left === 0 ? limit - page.length : left)
    const fitting = leading(sizes, maxBytes - held)
    // Asking for one more row shows that there is none.
    asked = Math.max(fitting.length, 1) + (isEnd && fitting.length === sizes.length ? 1 : 0)
    rows = await read(page.at(-1), asked, Math.max(0, ...fitting))
  }
}

/** Returns the first sizes, up to the one with which they reach the sum. */
function leading(sizes: readonly number[], sum: number): readonly number[] {
  let held = 0
  const last = sizes.findIndex((size) => (held += size) >= sum)
  return last === -1 ? sizes : sizes.slice(0, last + 1)
}
