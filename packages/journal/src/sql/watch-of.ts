import type { SqlDatabase } from '@harborage/core/sql'
import { streamId } from '../internal/stream-id.ts'
import type { StreamKey } from '../journal-driver.ts'
import type { StreamCursor } from '../journal-record.ts'
import { StreamWatch } from '../stream-watch.ts'
import type { ExpiryStatements } from './expiry.ts'
import type { ReadStatements } from './read-statements.ts'
import { streamColumns, streamKeyOf } from './rows.ts'
import { NEVER } from './tables.ts'

/** The watch of each database, which all of its stores share. */
const watches = new WeakMap<SqlDatabase, StreamWatch>()

/** The largest number of streams that one statement of a poll asks for. */
const MAX_ASKED = 1_000

/** Returns the watch of a database. */
export function watchOf(
  database: SqlDatabase,
  { positions, now }: ReadStatements & Pick<ExpiryStatements, 'now'>,
  pollMs: number | undefined,
): StreamWatch {
  const known = watches.get(database)
  if (known !== undefined) return known
  const read = async (streams: readonly StreamKey[]) => {
    const keys = streams.map(streamColumns)
    const rows = await database.rows(positions(keys.length), { keys })
    if (rows.every(({ expires_at }) => expires_at === NEVER)) return rows
    const [clock] = await database.rows(now, {})
    return rows.filter(
      ({ expires_at }) => expires_at === NEVER || !(expires_at <= Number(clock?.now)),
    )
  }
  const watch = new StreamWatch(async (streams) => {
    const found = new Map<string, StreamCursor>()
    for (let from = 0; from < streams.length; from += MAX_ASKED) {
      for (const row of await read(streams.slice(from, from + MAX_ASKED))) {
        const { generation, position } = row
        found.set(streamId(streamKeyOf(row)), { generation, position })
      }
    }
    return streams.map((key) => found.get(streamId(key)))
  }, pollMs)
  watches.set(database, watch)
  return watch
}
