import type { SubtreeLevel } from '@harborage/core'
import {
  areAfter,
  changeRows,
  compileStatement,
  ownerColumns,
  pipeline,
  refuseToRepeat,
  type SqlDatabase,
  type SqlStatement,
  type SqlWork,
} from '@harborage/core/sql'
import { slotId } from '../decide.ts'
import type { PrunableSlot, PrunePage } from '../state-driver.ts'
import { expiresAtOf, expiryOf, isExpiredInRead, ownExpiry } from './expiry.ts'
import { ofSlot, type ExpiredColumn, type SlotColumns } from './row-columns.ts'
import { slotColumns, slotKeyOf } from './rows.ts'
import { eventIdOf } from './stored-content.ts'
import { stateRecords, type StateRecordRow, type StateTables } from './tables.ts'
import { inLockOrder } from './touched-slots.ts'

/** The statements that prune slots. */
export interface PruneStatements {
  /** The next rows of a subtree in the order of the primary key, by its level. */
  readonly page: Readonly<Record<SubtreeLevel, SqlStatement<PagePlace, PrunableRow>>>
  /** Deletes a row if it still holds the event id with the date and the expiry. */
  readonly remove: SqlStatement<RemovedRow, unknown>
}

/** The root of a subtree, with the slot after which a page begins in the other columns. */
interface PagePlace extends SlotColumns {
  readonly limit: number
}

type PrunableRow = RemovedRow & ExpiredColumn

type RemovedRow = SlotColumns & Pick<StateRecordRow, 'event_id' | 'updated_at' | 'expiry'>

/** How many columns of the key the slots of a subtree share. */
const SHARED: Readonly<Record<SubtreeLevel, number>> = { tenant: 1, user: 2, session: 3, run: 4 }

/** Compiles the statements. */
export function compilePrune(database: SqlDatabase): PruneStatements {
  const db = database.builder.$extendTables<StateTables>()
  const { dialect } = database
  const { key, keyOf } = stateRecords
  const pageOf = (level: SubtreeLevel) => {
    const shared = key.slice(0, SHARED[level])
    const walked = key.slice(SHARED[level])
    return compileStatement(
      `state_prune_${level}_page`,
      (at: PagePlace) =>
        walked.reduce(
          (query, column) => query.orderBy(column),
          db
            .selectFrom('state_records')
            .select([...key, 'event_id', 'updated_at', 'expiry'])
            .select(isExpiredInRead(dialect).as('is_expired'))
            .where((where) => where.and(shared.map((column) => where(column, '=', at[column]))))
            .where(areAfter(walked, (column) => Reflect.get(at, column)))
            .limit(at.limit),
        ),
      { repeat: 'reads' },
    )
  }
  return {
    page: {
      tenant: pageOf('tenant'),
      user: pageOf('user'),
      session: pageOf('session'),
      run: pageOf('run'),
    },
    remove: compileStatement(
      'state_prune',
      (at: RemovedRow) =>
        db
          .deleteFrom('state_records')
          .where((where) =>
            where.and({ ...keyOf(at), event_id: at.event_id, updated_at: at.updated_at }),
          )
          .where((where) => where(ownExpiry, '=', at.expiry)),
      { repeat: 'never', ...ofSlot },
    ),
  }
}

/** Returns the next slots of a subtree, in the order of the primary key. */
export async function prunePage(
  database: SqlDatabase,
  { page }: PruneStatements,
  { subtree, after, limit }: PrunePage,
): Promise<readonly PrunableSlot[]> {
  const root = ownerColumns(subtree)
  const begin = after === undefined ? { ...root, kind: '' } : slotColumns(after)
  const shared = Object.entries(root).slice(0, SHARED[subtree.level])
  const at = { ...begin, ...Object.fromEntries(shared), limit }
  return (await database.rows(page[subtree.level], at)).map((row) => ({
    ...slotKeyOf(row),
    eventId: eventIdOf(row),
    updatedAt: new Date(row.updated_at),
    expiresAt: row.expiry === '' ? undefined : expiresAtOf(row),
    isExpired: row.is_expired === 1,
  }))
}

/**
 * Empties the slots that still hold what was found, and returns their number.
 *
 * @param mayBeApplied Whether an earlier attempt may have been applied because its answer was lost.
 * @throws `outcome_unknown` if so.
 */
export function* pruneWork(
  { remove }: PruneStatements,
  slots: readonly PrunableSlot[],
  mayBeApplied: boolean,
): SqlWork<number> {
  refuseToRepeat(mayBeApplied)
  const ordered = inLockOrder(slots.map((slot) => [slotId(slot), slot]))
  const removals = ordered.map((slot) =>
    changeRows(remove, {
      ...slotColumns(slot),
      event_id: slot.eventId,
      updated_at: slot.updatedAt.getTime(),
      expiry: expiryOf(slot.eventId, slot.expiresAt),
    }),
  )
  const counts = yield* pipeline(removals)
  return counts.reduce((sum, count) => sum + count, 0)
}
