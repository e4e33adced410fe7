import {
  compileBatchRemoval,
  compileRemoval,
  ownerColumns,
  removeBatch,
  sessionColumnNames,
  type BatchRemoval,
  type OwnerColumns,
  type Removal,
  type SqlDatabase,
} from '@harborage/core/sql'
import type { DeleteBatch, DeletedBatch } from '../state-driver.ts'
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
  const owner = ownerColumns(subtree)
  const { deleted, last } = await removeBatch(database, removals[subtree.level], owner, {
    after: after && slotColumns(after),
    limit,
  })
  return { deleted, last: last && slotKeyOf({ ...owner, kind: '', ...last }) }
}
