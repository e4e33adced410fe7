import type { LoadOutcome } from '@harborage/core/kit'
import { fillPage, isSqlFailure, type SqlDatabase } from '@harborage/core/sql'
import type { DumpedSlot } from '../dumped-slot.ts'
import { isSameDump } from '../internal/is-same-dump.ts'
import type { DumpPage } from '../state-driver.ts'
import type { DumpStatements, PagedRow } from './dump-statements.ts'
import { replacedIn, trailOf } from './event-trail.ts'
import { pagedRows } from './paged-content.ts'
import type { SlotColumns } from './row-columns.ts'
import { recordOf, recordRow, slotColumns } from './rows.ts'
import { stateRecords, type StateRecordRow } from './tables.ts'

/** The place before every slot: no tenant is empty. */
const FIRST: SlotColumns = { tenant_id: '', user_id: '', session_id: '', run_id: '', kind: '' }

/** Returns the next slots of all identities in the order of the primary key. */
export async function dumpPage(
  database: SqlDatabase,
  { page, pageSizes }: DumpStatements,
  { after, ...bounds }: DumpPage,
): Promise<readonly DumpedSlot[]> {
  const begin = after === undefined ? FIRST : slotColumns(after)
  const at = (last: PagedRow | undefined, limit: number, inlineBytes: number) => ({
    ...stateRecords.keyOf(last ?? begin),
    limit,
    inline_bytes: inlineBytes,
  })
  const rows = await fillPage(
    bounds,
    pagedRows<PagedRow>(
      (...place) => database.rows(page, at(...place)),
      (...place) => database.rows(pageSizes, at(...place, 0)),
    ),
  )
  return rows.map(dumpedSlot)
}

/** Fills an empty slot with a record of a dump, or finds what is there. */
export async function loadSlot(
  database: SqlDatabase,
  { load, find }: DumpStatements,
  dumped: DumpedSlot,
): Promise<LoadOutcome> {
  const row = {
    ...recordRow(dumped),
    event_trail: trailOf(dumped.eventId, dumped.replaced),
    created_at: dumped.createdAt.getTime(),
  }
  if (await isWritten(database.changes(load, row))) return 'loaded'
  const [held] = await database.rows(find, row)
  return held !== undefined && isSameDump(dumpedSlot(held), dumped) ? 'unchanged' : 'conflict'
}

async function isWritten(writing: Promise<number>): Promise<boolean> {
  try {
    return (await writing) > 0
  } catch (error) {
    // What an attempt whose answer was lost has written is found in its slot.
    if (isSqlFailure(error, 'repeated')) return false
    throw error
  }
}

function dumpedSlot(row: StateRecordRow): DumpedSlot {
  return { ...recordOf(row), replaced: replacedIn(row.event_trail) }
}
