import type { SqlDatabase } from '@harborage/core/sql'
import type { SlotKey } from '../state-driver.ts'
import type { StateRecord } from '../state-record.ts'
import type { FoundRow, LoadMany, SlotOfTenant } from './load-many-statement.ts'
import type { ContentColumns } from './row-columns.ts'
import { recordAt, slotColumns } from './rows.ts'

/**
 * Resolves to what each of many slots of a tenant holds; `undefined` if that is more than
 * `maxBytes` in all.
 */
export async function loadMany(
  database: SqlDatabase,
  statementFor: LoadMany,
  slots: readonly SlotKey[],
  maxBytes: number,
): Promise<readonly (StateRecord | undefined)[] | undefined> {
  const keys = slots.map(slotColumns)
  const rows = await database.rows(statementFor(keys.length), {
    tenant_id: keys[0]?.tenant_id ?? '',
    inline_bytes: Math.floor(maxBytes / keys.length),
    max_bytes: maxBytes,
    keys,
  })
  const found = new Map<string, FoundRow & ContentColumns>()
  for (const row of rows) {
    if (!isWhole(row)) return undefined
    found.set(textOf(row), row)
  }
  return slots.map((slot, index) => {
    const key = keys[index]
    const row = key && found.get(textOf(key))
    return row && recordAt(slot, row)
  })
}

function isWhole(row: FoundRow): row is FoundRow & ContentColumns {
  return row.bytes !== null
}

/** Returns a text that is unique to the slot of a tenant: no name has a NUL. */
function textOf({ user_id, session_id, run_id, kind }: SlotOfTenant): string {
  return `${user_id}\0${session_id}\0${run_id}\0${kind}`
}
