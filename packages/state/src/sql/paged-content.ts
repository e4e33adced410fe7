import type { PageReader } from '@harborage/core/sql'
import { sql, type AliasedExpression } from 'kysely'
import type { ContentColumns, PagedColumns, SizeColumn } from './row-columns.ts'
import { stateRecords } from './tables.ts'

/** The names of the columns of {@link PagedColumns} but the bytes. */
export const pagedNames: readonly Exclude<keyof ContentColumns, 'bytes'>[] = stateRecords.except(
  ...stateRecords.key,
  'event_trail',
  'bytes',
)

/** Selects the bytes of a row if there are at most so many of them; otherwise none of them is read. */
export function bytesUpTo(inlineBytes: number): AliasedExpression<Uint8Array | null, 'bytes'> {
  const bytes = sql.ref('bytes')
  const upTo = sql<Uint8Array | null>`case when length(${bytes}) <= ${inlineBytes} then ${bytes} end`
  return upTo.as('bytes')
}

/** Selects how many bytes a row has, of which none is read. */
export function sizeOfBytes(): AliasedExpression<number, 'size'> {
  return sql<number>`length(${sql.ref('bytes')})`.as('size')
}

/** Makes what `fillPage` has to know of the rows of a page of state. */
export function pagedRows<Row extends PagedColumns>(
  read: PageReader<Row, Row & ContentColumns>['read'],
  readSizes: (after: Row | undefined, limit: number) => Promise<readonly SizeColumn[]>,
): PageReader<Row, Row & ContentColumns> {
  return {
    read,
    readSizes: async (after, limit) => (await readSizes(after, limit)).map(({ size }) => size),
    isWhole: (row): row is Row & ContentColumns => row.bytes !== null,
    bytesOf: ({ bytes }) => bytes.byteLength,
  }
}
