import { fillPage, ownerColumns, type SqlDatabase } from '@harborage/core/sql'
import type { DumpedRecord, DumpedRow, DumpedStream, JournalPlace } from '../dumped-record.ts'
import { bytesOf } from '../internal/is-same-dump.ts'
import type { JournalDumpPage, StreamKey } from '../journal-driver.ts'
import type { DumpStatements } from './dump-statements.ts'
import { pagedEntries } from './paged-entries.ts'
import {
  entryOf,
  headOf,
  operationsOf,
  streamColumns,
  streamKeyOf,
  type EntryColumns,
} from './rows.ts'
import { NO_REPLACEMENT, type StreamRow } from './tables.ts'

/** The largest number of heads that are read at a time. */
const MAX_HEADS = 100

/** The place before every stream: no tenant is empty. */
const FIRST: StreamKey = {
  owner: { tenantId: '', userId: '', sessionId: '', runId: '' },
  stream: '',
}

/** Returns the next records of all streams: the head of each, and then its rows. */
export async function dumpPage(
  database: SqlDatabase,
  statements: DumpStatements,
  { after, limit, maxBytes }: JournalDumpPage,
): Promise<readonly DumpedRecord[]> {
  const page: DumpedRecord[] = []
  let bytes = 0
  const isFull = (): boolean => page.length >= limit || bytes >= maxBytes
  const addRows = async (place: JournalPlace): Promise<void> => {
    const bounds = { limit: limit - page.length, maxBytes: maxBytes - bytes }
    for (const row of await rowsAfter(database, statements, place, bounds)) {
      page.push(row)
      bytes += bytesOf(row).byteLength
    }
  }
  if (after !== undefined && after.generation !== '') await addRows(after)
  let key: StreamKey = after ?? FIRST
  while (!isFull()) {
    const heads = await database.rows(statements.heads, {
      ...streamColumns(key),
      limit: Math.min(limit - page.length, MAX_HEADS),
    })
    if (heads.length === 0) return page
    for (const row of heads) {
      const head = dumpedStream(row)
      key = head
      page.push(head)
      if (!isFull()) await addRows(head)
      if (isFull()) return page
    }
  }
  return page
}

/** Returns the next rows of a stream. */
async function rowsAfter(
  database: SqlDatabase,
  { rows, rowSizes }: DumpStatements,
  { owner, stream, generation, position = Number.MIN_SAFE_INTEGER }: JournalPlace,
  bounds: { readonly limit: number; readonly maxBytes: number },
): Promise<readonly DumpedRow[]> {
  const { tenant_id } = ownerColumns(owner)
  const at = { tenant_id, generation }
  const found = await fillPage(
    bounds,
    pagedEntries(
      (last, limit, inlineBytes) =>
        database.rows(rows, {
          ...at,
          after_position: last?.position ?? position,
          limit,
          inline_bytes: inlineBytes,
        }),
      (last, limit) =>
        database.rows(rowSizes, {
          ...at,
          after_position: last?.position ?? position,
          limit,
          inline_bytes: 0,
        }),
    ),
  )
  return found.map((row) => dumpedRow({ owner, stream }, row))
}

/** Returns the head of a stream as a dump has it. */
export function dumpedStream(row: StreamRow): DumpedStream {
  const { generation, ...head } = headOf(row)
  const recentAt = new Date(row.recent_at)
  return {
    ...streamKeyOf(row),
    kind: 'stream',
    generation,
    head,
    recentAt,
    operations: operationsOf(row),
  }
}

/** Returns a row of a stream as a dump has it. */
export function dumpedRow({ owner, stream }: StreamKey, row: EntryColumns): DumpedRow {
  const { generation, position, replaced_after: replacedAfter } = row
  const named = { owner: { ...owner }, stream, generation, position }
  if (replacedAfter !== NO_REPLACEMENT) return { ...named, kind: 'replacement', replacedAfter }
  const entry = entryOf(row)
  return position < 0
    ? { ...named, kind: 'dropped', entryId: entry.entryId }
    : { ...entry, ...named, kind: 'entry' }
}
