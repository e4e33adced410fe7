import {
  compileStatement,
  ownerColumns,
  type SqlDatabase,
  type SqlStatement,
} from '@harborage/core/sql'
import type { CheckedPrefix } from '../state-driver.ts'
import { kindColumns, kindColumnsAfter, type RangeParameters } from './kind-range.ts'
import { inRange } from './kinds-in-range.ts'
import type { StateRecordRow, StateTables } from './tables.ts'

/** A slot of a known run, and what it holds. */
export type KindAndEvent = Pick<StateRecordRow, 'kind' | 'event_id'>

/** The parameters of a search for the slots under a prefix. */
export interface PrefixParameters extends RangeParameters {
  readonly limit: number
}

/** Compiles the search for the slots of a run whose kind begins with a prefix. */
export function compileFindUnder(
  database: SqlDatabase,
): SqlStatement<PrefixParameters, KindAndEvent> {
  const db = database.builder.$extendTables<StateTables>()
  return compileStatement(
    'state_find_under_prefix',
    (at: PrefixParameters) =>
      inRange(db, at)
        .where('kind', '<>', at.after_kind)
        .select(['kind', 'event_id'])
        .orderBy('run_id')
        .orderBy('kind')
        .limit(at.limit),
    { repeat: 'reads' },
  )
}

/**
 * Returns the parameters for a prefix.
 *
 * @param after The kind after which the search begins. Default: from the first kind.
 */
export function prefixColumns(
  { identity, kindPrefix }: CheckedPrefix,
  limit: number,
  after?: string,
): PrefixParameters {
  const range = kindColumns({ kindPrefix, from: undefined, to: undefined })
  return { ...ownerColumns(identity), ...kindColumnsAfter(range, 'ascending', after), limit }
}
