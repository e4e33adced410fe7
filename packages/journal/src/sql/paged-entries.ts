import type { PageReader } from '@harborage/core/sql'
import type { ReadPage } from '../journal-driver.ts'
import type { StreamCursor } from '../journal-record.ts'
import type { PagedEntry, RangeParameters, WholeEntry } from './read-statements.ts'
import { streamColumns } from './rows.ts'

/** Returns the reader that `fillPage` needs for a page of entries. */
export function pagedEntries(
  read: PageReader<PagedEntry, WholeEntry>['read'],
  readSizes: (
    after: PagedEntry | undefined,
    limit: number,
  ) => Promise<readonly { readonly size: number }[]>,
): PageReader<PagedEntry, WholeEntry> {
  return {
    read,
    readSizes: async (after, limit) => (await readSizes(after, limit)).map(({ size }) => size),
    isWhole: (row): row is WholeEntry => row.bytes !== null,
    bytesOf: ({ bytes }) => bytes.byteLength,
  }
}

/** Returns what is left of a range after an entry. */
export function rangeOf(
  { from, to, order, ...key }: Pick<ReadPage, 'owner' | 'stream' | 'from' | 'to' | 'order'>,
  after: StreamCursor | undefined,
): Omit<RangeParameters, 'limit'> {
  const range = { ...streamColumns(key), generation: '', from_position: from, to_position: to }
  if (after === undefined) return range
  const { generation, position } = after
  return order === 'ascending'
    ? { ...range, generation, from_position: Math.max(from, position + 1) }
    : { ...range, generation, to_position: Math.min(to, position) }
}
