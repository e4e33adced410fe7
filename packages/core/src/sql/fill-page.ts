/** How many rows a page holds at most, and how many bytes before its last row. */
export interface PageBounds {
  /** The most rows of the page. */
  readonly limit: number
  /** The bytes of content with which the page stops. */
  readonly maxBytes: number
}

/** How {@link fillPage} reads rows that come after the given one, or the first ones. */
export interface PageReader<Row, Whole extends Row> {
  /** Reads up to `limit` rows, without the content of those that have more than `inlineBytes` bytes of it. */
  readonly read: (
    after: Row | undefined,
    limit: number,
    inlineBytes: number,
  ) => Promise<readonly Row[]>
  /** Reads how many bytes of content up to `limit` rows have. */
  readonly readSizes: (after: Row | undefined, limit: number) => Promise<readonly number[]>
  /** Whether the content of the row was read. */
  readonly isWhole: (row: Row) => row is Whole
  /** How many bytes of content a row has. */
  readonly bytesOf: (row: Whole) => number
}

/**
 * Reads a page that stops once it holds `maxBytes`. It takes one statement if no row has more than its share of them.
 * Otherwise a second one reads the sizes, and a third one as many rows as fit.
 */
export async function fillPage<Row, Whole extends Row>(
  { limit, maxBytes }: PageBounds,
  { read, readSizes, isWhole, bytesOf }: PageReader<Row, Whole>,
): Promise<readonly Whole[]> {
  let asked = limit
  let rows = await read(undefined, asked, Math.floor(maxBytes / limit))
  // It cannot hold more than that.
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
    // One more tells that there is none.
    asked = Math.max(fitting.length, 1) + (isEnd && fitting.length === sizes.length ? 1 : 0)
    rows = await read(page.at(-1), asked, Math.max(0, ...fitting))
  }
}

/** The first sizes, up to the one with which they come to the sum. */
function leading(sizes: readonly number[], sum: number): readonly number[] {
  let held = 0
  const last = sizes.findIndex((size) => (held += size) >= sum)
  return last === -1 ? sizes : sizes.slice(0, last + 1)
}
