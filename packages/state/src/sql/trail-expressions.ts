import type { SqlTraits } from '@harborage/core/sql'
import { sql, type RawBuilder } from 'kysely'
import { TRAIL_CHARACTERS } from './event-trail.ts'

/** Where in a slot's trail a mark is; 0 if it is not there. */
export function placeOnTrail(traits: SqlTraits, mark: RawBuilder<string>): RawBuilder<number> {
  return sql<number>`${sql.raw(traits.textPosition)}(state_records.event_trail, ${mark})`
}

/** A slot's trail with another mark, and without those that it has no room for any more. */
export function pushOnTrail(mark: RawBuilder<string>): RawBuilder<string> {
  return sql<string>`substr(${mark} || state_records.event_trail, 1, ${sql.lit(TRAIL_CHARACTERS)})`
}
