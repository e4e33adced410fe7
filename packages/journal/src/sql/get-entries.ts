import type { EventId } from '@harborage/core'
import type { SqlDatabase } from '@harborage/core/sql'
import type { StreamKey } from '../journal-driver.ts'
import type { Entry } from '../journal-record.ts'
import type { FoundEntry, PagedEntry, ReadStatements, WholeEntry } from './read-statements.ts'
import { entryOf, storedId, streamColumns } from './rows.ts'
import { NEVER } from './tables.ts'

/**
 * Resolves to the entries of a stream with the given ids, in their order; `undefined` if that is
 * more than `maxBytes` in all. Large ones are read once it is known that all of them fit.
 */
export async function getEntries(
  database: SqlDatabase,
  { getHeld, get }: ReadStatements,
  key: StreamKey,
  entryIds: readonly EventId[],
  maxBytes: number,
): Promise<readonly (Entry | undefined)[] | undefined> {
  const at = streamColumns(key)
  const read = async (entryId: EventId, inlineBytes: number): Promise<FoundEntry | undefined> => {
    const parameters = { ...at, entry_id: storedId(entryId), inline_bytes: inlineBytes }
    const [held] = await database.rows(getHeld, parameters)
    // As of heads: only what expires pays for the condition.
    if (held === undefined || held.expires_at === NEVER) return held
    const [row] = await database.rows(get, parameters)
    return row
  }
  const share = Math.floor(maxBytes / entryIds.length)
  const found = await Promise.all(entryIds.map((entryId) => read(entryId, share)))
  const bytes = found.reduce((sum, row) => sum + (row?.size ?? 0), 0)
  if (bytes > maxBytes) return undefined
  const whole = await Promise.all(
    found.map(async (row, index) => {
      const entryId = entryIds[index]
      if (row === undefined || entryId === undefined || isWhole(row)) return row
      return read(entryId, row.size)
    }),
  )
  return whole.map((row) => {
    if (row === undefined || !isWhole(row)) return undefined
    const { generation: _, ...entry } = entryOf(row)
    return entry
  })
}

function isWhole<Row extends PagedEntry>(row: Row): row is Row & WholeEntry {
  return row.bytes !== null
}
