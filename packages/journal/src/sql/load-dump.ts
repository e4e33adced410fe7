import type { LoadOutcome } from '@harborage/core/kit'
import { isSqlFailure, type SqlDatabase } from '@harborage/core/sql'
import type { DumpedRecord, DumpedRow, DumpedStream } from '../dumped-record.ts'
import { isSameDump } from '../internal/is-same-dump.ts'
import { streamId } from '../internal/stream-id.ts'
import type { DumpStatements } from './dump-statements.ts'
import { dumpedRow, dumpedStream } from './dump.ts'
import {
  entryRow,
  expiryColumn,
  operationsText,
  replacementRow,
  storedId,
  streamColumns,
} from './rows.ts'
import { NO_REPLACEMENT, type EntryRow, type StreamRow } from './tables.ts'

const NONE = new Uint8Array()

/** Writes the heads of a dump, then its rows, where there are none. */
export async function loadDump(
  database: SqlDatabase,
  statements: DumpStatements,
  records: readonly DumpedRecord[],
): Promise<readonly LoadOutcome[]> {
  const outcomes = new Map<DumpedRecord, LoadOutcome>()
  const heads = records.filter((record) => record.kind === 'stream')
  await Promise.all(
    heads.map(async (head) => outcomes.set(head, await loadHead(database, statements, head))),
  )
  const rows = records.filter((record) => record.kind !== 'stream')
  const generations = await generationsOf(database, statements, rows)
  await Promise.all(
    rows.map(async (row) => {
      const isOfHead = generations.get(streamId(row)) === row.generation
      outcomes.set(row, isOfHead ? await loadRow(database, statements, row) : 'conflict')
    }),
  )
  return records.map((record) => outcomes.get(record) ?? 'conflict')
}

/** Resolves to the generations of the streams of rows. */
async function generationsOf(
  database: SqlDatabase,
  { head }: DumpStatements,
  rows: readonly DumpedRow[],
): Promise<ReadonlyMap<string, string>> {
  const streams = new Map(rows.map((row) => [streamId(row), row]))
  const found = await Promise.all(
    [...streams.values()].map(async (row) => database.rows(head, streamColumns(row))),
  )
  return new Map(found.flat().map((row) => [streamId(dumpedStream(row)), row.generation]))
}

async function loadHead(
  database: SqlDatabase,
  { head, rows, loadHead: load }: DumpStatements,
  dumped: DumpedStream,
): Promise<LoadOutcome> {
  const row = streamRow(dumped)
  const [held] = await database.rows(head, row)
  if (held !== undefined) return isSameDump(dumpedStream(held), dumped) ? 'unchanged' : 'conflict'
  const all = { after_position: Number.MIN_SAFE_INTEGER, limit: 1, inline_bytes: 0 }
  // A generation whose rows are there is that of another stream.
  if ((await database.rows(rows, { ...row, ...all })).length > 0) return 'conflict'
  if (await isWritten(database.changes(load, row))) return 'loaded'
  const [other] = await database.rows(head, row)
  return other !== undefined && isSameDump(dumpedStream(other), dumped) ? 'unchanged' : 'conflict'
}

async function loadRow(
  database: SqlDatabase,
  { row: find, loadRow: load }: DumpStatements,
  dumped: DumpedRow,
): Promise<LoadOutcome> {
  const row = rowOf(dumped)
  if (await isWritten(database.changes(load, row))) return 'loaded'
  const [held] = await database.rows(find, row)
  return held !== undefined && isSameDump(dumpedRow(dumped, held), dumped)
    ? 'unchanged'
    : 'conflict'
}

async function isWritten(writing: Promise<number>): Promise<boolean> {
  try {
    return (await writing) > 0
  } catch (error) {
    // What an attempt whose answer was lost has written is found in its place.
    if (isSqlFailure(error, 'repeated')) return false
    throw error
  }
}

function streamRow(dumped: DumpedStream): StreamRow {
  const { generation, head, recentAt, operations } = dumped
  return {
    ...streamColumns(dumped),
    generation,
    first: head.first,
    position: head.position,
    length: head.length,
    updated_at: head.updatedAt.getTime(),
    recent_at: recentAt.getTime(),
    expires_at: expiryColumn(head.expiresAt),
    operations: operationsText(operations),
  }
}

function rowOf(dumped: DumpedRow): EntryRow {
  const { owner, generation, position } = dumped
  const at = { tenant_id: owner.tenantId, generation }
  switch (dumped.kind) {
    case 'entry':
      return entryRow(at, position, dumped)
    case 'replacement':
      // No call shows the date of a replacement.
      return { ...replacementRow(at, position, dumped.replacedAfter), created_at: 0 }
    case 'dropped':
      return {
        ...at,
        position,
        entry_id: storedId(dumped.entryId),
        created_at: 0,
        replaced_after: NO_REPLACEMENT,
        type: '',
        bytes: NONE,
      }
  }
}
