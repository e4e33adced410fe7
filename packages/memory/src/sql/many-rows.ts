import { changeRows, together, type SqlWork } from '@harborage/core/sql'
import type { ForgottenTurnIds } from '../memory-driver.ts'
import { turnIdKinds } from './kinds.ts'
import type { OwnerColumns } from './rows.ts'
import type { MemoryStatements } from './statements.ts'
import type { MemoryRow } from './tables.ts'

/** The most rows, and about the most bytes, that are written by one statement. */
const MAX_ROWS = 1_000
const MAX_BYTES = 1024 * 1024

/** How many turns are added between two sweeps of a part of the remembered ids. */
const TURNS_PER_SWEEP = 64

/** Writes many rows, a part at a time, so that others get their turn while they are on their way. */
export function* writeRows<Item>(
  { upsertAll, upsert }: MemoryStatements,
  items: readonly Item[],
  rowOf: (item: Item) => MemoryRow,
): SqlWork<void> {
  let part: MemoryRow[] = []
  let bytes = 0
  for (const [index, item] of items.entries()) {
    const row = rowOf(item)
    part.push(row)
    bytes += row.bytes.length
    if (part.length < MAX_ROWS && bytes < MAX_BYTES && index < items.length - 1) continue
    if (upsertAll === undefined) yield* together(part.map((each) => changeRows(upsert, each)))
    else yield* changeRows(upsertAll, part)
    part = []
    bytes = 0
  }
}

/**
 * Removes forgotten ids, now and then and of a part of the ids each time, so that adding a turn costs about one row of it
 * however many ids there are.
 */
export function* forgetTurnIds(
  { forget }: MemoryStatements,
  owner: OwnerColumns,
  position: number,
  { lineage, through, before }: ForgottenTurnIds,
): SqlWork<number> {
  if (position % TURNS_PER_SWEEP !== 0) return 0
  const { first, last } = turnIdKinds(position / TURNS_PER_SWEEP)
  return yield* changeRows(forget, {
    ...owner,
    first_kind: first,
    last_kind: last,
    lineage: new TextEncoder().encode(String(lineage)),
    through,
    before,
  })
}
