import { changeRows, type SqlWork } from '@harborage/core/sql'
import { SNAPSHOT_TURN_IDS } from '../conversation.ts'
import type { ForgottenTurnIds, MemoryHeader, RememberedTurnId } from '../memory-driver.ts'
import { turnIdKinds } from './kinds.ts'
import { writeRows } from './many-rows.ts'
import { lineageBytes, turnIdRow, type OwnerColumns } from './rows.ts'
import type { MemoryStatements } from './statements.ts'

/**
 * The newest ids are in the bookkeeping. They get rows of their own all at once, before the first of them leaves it, so
 * that adding a turn writes no further row but each time as many have come.
 */
const TURNS_AT_ONCE = SNAPSHOT_TURN_IDS

/** Tells whether the ids up to this position are to get their rows. */
export function isDueAt(position: number): boolean {
  return position % TURNS_AT_ONCE === 0
}

/** Remembers the newest ids, of which that of the turn that is added is the last. */
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
  return writeRows(statements, newest, (each) => turnIdRow(owner, strategy, each))
}

/** Removes what is forgotten of one part of the ids; of each part in its turn. */
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
