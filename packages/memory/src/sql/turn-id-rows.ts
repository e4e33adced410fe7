import { changeRows, type SqlWork } from '@harborage/core/sql'
import { SNAPSHOT_TURN_IDS } from '../conversation.ts'
import type { ForgottenTurnIds, MemoryHeader, RememberedTurnId } from '../memory-driver.ts'
import { turnIdKinds } from './kinds.ts'
import { lineageBytes, turnIdRow, type OwnerColumns } from './rows.ts'
import type { MemoryStatements } from './statements.ts'
import { writeRows } from './write-rows.ts'

/**
 * How many ids get their rows at a time. The newest ids are in the header, and get rows together
 * before the first of them leaves it. So adding a turn usually writes no row for an id.
 */
const TURNS_AT_ONCE = SNAPSHOT_TURN_IDS

/** Returns whether the ids up to this position are to get their rows now. */
export function isDueAt(position: number): boolean {
  return position % TURNS_AT_ONCE === 0
}

/** Writes the rows of ids, but leaves those of turns that were removed by their ids. */
export function rememberIds(
  { rememberId, rememberAllIds }: MemoryStatements,
  owner: OwnerColumns,
  strategy: string,
  ids: readonly RememberedTurnId[],
): SqlWork<number> {
  const writing = { upsert: rememberId, upsertAll: rememberAllIds }
  return writeRows(writing, ids, (each) => turnIdRow(owner, strategy, each))
}

/** Writes the rows of the newest ids, of which `last` is that of the added turn. */
export function rememberNewest(
  statements: MemoryStatements,
  owner: OwnerColumns,
  { strategy, turnIds }: MemoryHeader,
  last: RememberedTurnId,
): SqlWork<number> {
  const newest = turnIds.map((turnId, index) => ({
    ...last,
    turnId,
    position: last.position - index,
  }))
  return rememberIds(statements, owner, strategy, newest)
}

/**
 * Removes the forgotten ids of one part. The position selects the part, so that each has its turn.
 */
export function* forgetTurnIds(
  { forget }: MemoryStatements,
  owner: OwnerColumns,
  { position }: RememberedTurnId,
  forgotten: ForgottenTurnIds | undefined,
): SqlWork<number> {
  if (forgotten === undefined) return 0
  const { lineage, through, before } = forgotten
  const { first, last } = turnIdKinds(position / TURNS_AT_ONCE)
  return yield* changeRows(forget, {
    ...owner,
    first_kind: first,
    last_kind: last,
    lineage: lineageBytes(lineage),
    through,
    before,
  })
}
