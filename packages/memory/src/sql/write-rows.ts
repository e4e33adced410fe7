import { changeRows, pipeline, type SqlWork } from '@harborage/core/sql'
import type { MemoryStatements } from './statements.ts'
import type { MemoryRow } from './tables.ts'

/** The largest number of rows, and about the largest number of bytes, of one statement. */
const MAX_ROWS = 1_000
const MAX_BYTES = 1024 * 1024

/** Writes many rows, a part at a time, so that other calls get their turn in between. */
export function* writeRows<Item>(
  { upsertAll, upsert }: Pick<MemoryStatements, 'upsert' | 'upsertAll'>,
  items: readonly Item[],
  rowOf: (item: Item) => MemoryRow,
): SqlWork<number> {
  let part: MemoryRow[] = []
  let bytes = 0
  for (const [index, item] of items.entries()) {
    const row = rowOf(item)
    part.push(row)
    bytes += row.bytes.length
    if (part.length < MAX_ROWS && bytes < MAX_BYTES && index < items.length - 1) continue
    if (upsertAll === undefined) yield* pipeline(part.map((each) => changeRows(upsert, each)))
    else yield* changeRows(upsertAll, part)
    part = []
    bytes = 0
  }
  return items.length
}
