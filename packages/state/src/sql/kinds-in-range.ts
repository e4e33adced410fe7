import { sessionOf } from '@harborage/core/sql'
import type { Kysely, SelectQueryBuilder } from 'kysely'
import type { RangeParameters } from './kind-range.ts'
import type { StateTables } from './tables.ts'

/** Begins a query for the rows of a run whose kind is in a range. */
export function inRange(
  db: Kysely<StateTables>,
  range: RangeParameters,
): SelectQueryBuilder<StateTables, 'state_records', object> {
  return db.selectFrom('state_records').where((where) => {
    // Bounds on the run and the kind together match only the primary key. With bounds on the kind
    // alone the planner might choose the index of kinds, and scan those of all identities.
    const place = where.refTuple('run_id', 'kind')
    return where.and([
      where.and(sessionOf(range)),
      where(place, '>=', where.tuple(range.run_id, range.from_kind)),
      where(place, '<', where.tuple(range.run_id, range.end_kind)),
    ])
  })
}
