import type { PageReader } from '@harborage/core/sql'
import { sql, type AliasedExpression } from 'kysely'
import type { ContentColumns, PagedColumns, SizeColumn } from './row-columns.ts'
import { stateRecords } from './tables.ts'

/** The columns of {@link PagedColumns} except the bytes. */
export const pagedNames: readonly Exclude<keyof ContentColumns, 'bytes'>[] = stateRecords.except(
  ...stateRecords.key,
  'event_trail',
  'bytes',
)

/** Selects the bytes of a row if there are at most `inlineBytes`; larger ones are not read. */
export function bytesUpTo(inlineBytes: number): AliasedExpression<Uint8Array | null, 'bytes'> {
  const bytes = sql.ref('bytes')
  const upTo = sql<Uint8Array | null>`case when length(${bytes}) <= ${inlineBytes} then ${bytes} end`
  return upTo.as('bytes')
}

/** Selects the number of bytes of a row without reading them. */
export function sizeOfBytes(): AliasedExpression<number, 'size'> {
  return sql<number>`length(${sql.ref('bytes')})`.as('size')
}

/** Returns the reader that `fillPage` needs for a page of records. */
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
