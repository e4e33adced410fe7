import { MAX_PAGE_BYTES } from '@harborage/core/kit'

/** What is dumped one after the other. */
export interface DumpedEach<Dumped, Place> {
  /** What comes before all others. Default: nothing. */
  readonly first?: Dumped | undefined
  /** The place after which the page begins. `undefined` begins with the first place. */
  readonly after: Place | undefined
  /** The largest number of records in the page. */
  readonly limit: number
  /** Fetches the next places in their order. Without any, there are no more. */
  readonly placesPage: (after: Place | undefined, limit: number) => Promise<readonly Place[]>
  /** Returns whether a place is dumped. After one that is not, no other is. */
  readonly isInside: (place: Place) => boolean
  /** Reads the record of a place, or `undefined` if it was deleted meanwhile. */
  readonly dump: (place: Place) => Promise<Dumped | undefined>
  readonly sizeOf: (dumped: Dumped) => number
}

/**
 * Returns the next records in the order of their places, up to the first place that is not inside.
 * Fewer than `limit` that hold less than 8 MiB are the last ones.
 */
export async function dumpEach<Dumped, Place>({
  first,
  after,
  limit,
  placesPage,
  isInside,
  dump,
  sizeOf,
}: DumpedEach<Dumped, Place>): Promise<readonly Dumped[]> {
  const dumped = first === undefined ? [] : [first]
  let bytes = first === undefined ? 0 : sizeOf(first)
  let last = after
  while (dumped.length < limit && bytes < MAX_PAGE_BYTES) {
    const places = await placesPage(last, limit - dumped.length)
    if (places.length === 0) return dumped
    for (const place of places) {
      if (!isInside(place)) return dumped
      last = place
      const record = await dump(place)
      if (record === undefined) continue
      dumped.push(record)
      bytes += sizeOf(record)
      if (bytes >= MAX_PAGE_BYTES) break
    }
  }
  return dumped
}
