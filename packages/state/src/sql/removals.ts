import {
  compileBatchRemoval,
  compileRemoval,
  prefixUpperBound,
  removeAll,
  sessionColumnNames,
  type BatchRemoval,
  type Removal,
  type SqlDatabase,
} from '@harborage/core/sql'
import type { DeleteBatch, DeletedBatch } from '../state-driver.ts'
import { ownerColumns, placeAfter, placeUpTo, type OwnerColumns } from './owner-columns.ts'
import type { SlotColumns } from './row-columns.ts'
import { slotColumns, slotKeyOf } from './rows.ts'
import { stateRecords } from './tables.ts'

/** The statements that empty the slots of a subtree, by its level. */
export interface StateRemovals {
  readonly run: Removal<OwnerColumns>
  readonly session: Removal<OwnerColumns>
  readonly user: BatchRemoval<OwnerColumns>
  readonly tenant: BatchRemoval<OwnerColumns>
}

/** Compiles the statements that empty the slots of a subtree. */
export function compileStateRemovals(database: SqlDatabase): StateRemovals {
  const { spec } = stateRecords
  return {
    run: compileRemoval('state_run', database, spec, { owned: [...sessionColumnNames, 'run_id'] }),
    session: compileRemoval('state_session', database, spec, { owned: sessionColumnNames }),
    user: compileBatchRemoval('state_user', database, spec, ['tenant_id', 'user_id']),
    tenant: compileBatchRemoval('state_tenant', database, spec, ['tenant_id']),
  }
}

/** Empties the next slots of a user or a tenant, in the order of the primary key. */
export async function deleteBatch(
  database: SqlDatabase,
  removals: StateRemovals,
  { subtree, after, limit }: DeleteBatch,
): Promise<DeletedBatch> {
  const { findEnd, removal } = removals[subtree.level]
  const owner = ownerColumns(subtree)
  const begin = { ...owner, ...placeAfter(after === undefined ? FIRST : slotColumns(after)) }
  const [found] = await database.rows(findEnd, { ...begin, skip: limit - 1 })
  const end = found && { kind: '', ...owner, ...found }
  const deleted = await removeAll(database, removal, { ...begin, ...placeUpTo(end ?? LAST) })
  return { deleted, last: end && slotKeyOf(end) }
}

/** A place before every slot: no kind is empty. */
const FIRST: SlotColumns = { tenant_id: '', user_id: '', session_id: '', run_id: '', kind: '' }

/** A place after every slot. */
const LAST: SlotColumns = {
  ...FIRST,
  user_id: prefixUpperBound(''),
  session_id: prefixUpperBound(''),
}
