import { ownerColumns, type SqlDatabase } from '@harborage/core/sql'
import type { SlotKey } from '../state-driver.ts'
import type { StateRecord } from '../state-record.ts'
import type { LoadMany, SlotOfTenant } from './load-many-statement.ts'
import type { ContentColumns, PagedColumns } from './row-columns.ts'
import { isSameRun, slotColumns } from './rows.ts'
import { recordAt } from './stored-content.ts'

/**
 * Resolves to what each of many slots of a tenant holds; `undefined` if that is more than
 * `maxBytes` in all.
 */
export async function loadMany(
  database: SqlDatabase,
  { ofTenant, ofRun, smallOfRun }: LoadMany,
  slots: readonly SlotKey[],
  maxBytes: number,
): Promise<readonly (StateRecord | undefined)[] | undefined> {
  const [first] = slots
  if (first === undefined) return []
  const sizes = { inline_bytes: Math.floor(maxBytes / slots.length), max_bytes: maxBytes }
  if (slots.every(({ identity }) => isSameRun(identity, first.identity))) {
    const asked = { ...ownerColumns(first.identity), ...sizes, keys: slots }
    // A sum takes time even if it is not needed, and records are mostly small.
    const small = await database.rows(smallOfRun(slots.length), asked)
    return (
      recordsOf(slots, small, kindOf, kindOf) ??
      recordsOf(slots, await database.rows(ofRun(slots.length), asked), kindOf, kindOf)
    )
  }
  const keys = slots.map(slotColumns)
  const { tenantId } = first.identity
  const rows = await database.rows(ofTenant(keys.length), { tenant_id: tenantId, ...sizes, keys })
  return recordsOf(slots, rows, textOf, (slot) => textOf(slotColumns(slot)))
}

/** Returns the record of each slot, or `undefined` if one has no bytes, since all have too many. */
function recordsOf<Row extends PagedColumns>(
  slots: readonly SlotKey[],
  rows: readonly Row[],
  idOfRow: (row: Row) => string,
  idOf: (slot: SlotKey) => string,
): readonly (StateRecord | undefined)[] | undefined {
  const found = new Map<string, Row & ContentColumns>()
  for (const row of rows) {
    if (!isWhole(row)) return undefined
    found.set(idOfRow(row), row)
  }
  return slots.map((slot) => {
    const row = found.get(idOf(slot))
    return row && recordAt(slot.identity, slot.kind, row)
  })
}

function isWhole<Row extends PagedColumns>(row: Row): row is Row & ContentColumns {
  return row.bytes !== null
}

function kindOf({ kind }: Pick<SlotKey, 'kind'>): string {
  return kind
}

/** Returns a text that is unique to the slot of a tenant: no name has a NUL. */
function textOf({ user_id, session_id, run_id, kind }: SlotOfTenant): string {
  return `${user_id}\0${session_id}\0${run_id}\0${kind}`
}
