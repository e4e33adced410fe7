import type { EventId, RunIdentity } from '@harborage/core'
import { changeRows, pipeline, selectRows, WriteConflict, type SqlWork } from '@harborage/core/sql'
import type { HeldMemory, MemoryChange, MemoryHeader, ReadSet } from '../memory-driver.ts'
import { addedTurnOf } from './added-turn.ts'
import { HEADER_KIND, turnIdKind, turnKind } from './kinds.ts'
import {
  conversationOf,
  headerIfSound,
  headerOf,
  headerRow,
  lineageBytes,
  ownerColumns,
  placeholderRow,
  rememberedOf,
  summaryRow,
  turnRow,
  type LockedColumns,
  type OwnerColumns,
} from './rows.ts'
import type { MemoryStatements } from './statements.ts'
import { forgetTurnIds, isDueAt, rememberIds, rememberNewest } from './turn-id-rows.ts'
import { writeRows } from './write-rows.ts'

/**
 * Locks a conversation by its header, calls `decide`, and applies the change.
 *
 * @param mayBeApplied Whether an earlier attempt may have been applied because its answer was lost.
 * @param looksUpId Whether to look up the turn id of the read set. Without that, an id that is
 *   remembered is found only when the turn is added, which costs less if there is none. Default:
 *   `true`.
 * @throws WriteConflict if the conversation had no header to lock and another caller wrote one, or
 *   if the id of an added turn turns out to be remembered: look it up then. `store_unavailable` if
 *   the header is damaged and the change does not replace it.
 */
export function* changeWork<Result>(
  statements: MemoryStatements,
  identity: Required<RunIdentity>,
  readSet: ReadSet,
  decide: (held: HeldMemory) => MemoryChange<Result>,
  mayBeApplied: boolean,
  looksUpId = true,
): SqlWork<Result> {
  const owner = ownerColumns(identity)
  const turnId = looksUpId ? readSet.turnId : undefined
  const rows = yield* lock(statements, owner, turnId)
  const header = readSet.replaces === true ? headerIfSound(rows) : headerOf(rows)
  const limit = readSet.oldestTurns?.(header) ?? 0
  // Only statements after the lock see all that was written before it was granted.
  const seen = yield* pipeline([
    ...(limit === 0 ? [] : [selectRows(statements.oldestTurns, { ...owner, limit })]),
    ...(readSet.summary === true ? [selectRows(statements.summary, owner)] : []),
  ])
  const { summary, turns } = conversationOf(seen.flat())
  const remembered = turnId === undefined ? undefined : rememberedOf(rows, turnId)
  const headerRow = rows.find(({ kind }) => kind === HEADER_KIND)
  const isNew = headerRow === undefined
  const exists = !isNew
  const changedAt = headerRow?.updated_at
  const change = decide({
    header,
    changedAt,
    summary,
    exists,
    oldest: turns,
    remembered,
    mayBeApplied,
  })
  // Without the lookup, only the statement that appends a turn finds its id.
  const isUnguarded = !changesNothing(change) && addedTurnOf(change) === undefined
  if (turnId !== readSet.turnId && isUnguarded) throw new WriteConflict()
  if (change.erase === true) yield* erase(statements, owner, isNew)
  else if (change.header !== undefined) {
    yield* applyChange(
      statements,
      owner,
      { isNew, seen: remembered?.position },
      change,
      change.header,
    )
  }
  return change.result
}

function lock(
  statements: MemoryStatements,
  owner: OwnerColumns,
  turnId: EventId | undefined,
): SqlWork<readonly LockedColumns[]> {
  return turnId === undefined
    ? selectRows(statements.lock, owner)
    : selectRows(statements.lockAndFind, { ...owner, id_kind: turnIdKind(turnId) })
}

/**
 * Removes all rows of a conversation. If there was no header to lock, others may have begun the
 * conversation since: a placeholder of a header shows that, and keeps them from doing it now.
 */
function* erase(statements: MemoryStatements, owner: OwnerColumns, isNew: boolean): SqlWork<void> {
  const placing = isNew ? [changeRows(statements.insert, placeholderRow(owner))] : []
  const [written] = yield* pipeline([...placing, changeRows(statements.erase, owner)])
  if (isNew && written === 0) throw new WriteConflict()
}

function changesNothing({ header, erase }: MemoryChange<unknown>): boolean {
  return header === undefined && erase !== true
}

/** The result of the lock. */
interface Found {
  /** Whether there was no header to lock. */
  readonly isNew: boolean
  /** The position that was remembered with the id of the read set. */
  readonly seen: number | undefined
}

function* applyChange(
  statements: MemoryStatements,
  owner: OwnerColumns,
  { isNew, seen = -1 }: Found,
  change: MemoryChange<unknown>,
  header: MemoryHeader,
): SqlWork<void> {
  const { summary, append = [], removeThrough, removeAt = [], remember = [], forget } = change
  const { strategy } = header
  const [id, ...furtherIds] = remember
  // Ids are forgotten only when a turn is added. The added turn may be dropped at once.
  const added = forget !== undefined && furtherIds.length === 0 ? id : undefined
  const one = addedTurnOf(change)
  // The header comes first: of two callers that begin a conversation, the second waits here and
  // then starts again.
  const writeHeader = isNew ? statements.insert : statements.upsert
  const removing = [
    ...(removeThrough === undefined
      ? []
      : [changeRows(statements.removeTurns, { ...owner, last_kind: turnKind(removeThrough) })]),
    ...removeAt.map((position) =>
      changeRows(statements.removeTurn, { ...owner, turn_kind: turnKind(position) }),
    ),
  ]
  const appending =
    one === undefined
      ? []
      : [
          changeRows(statements.append, {
            ...turnRow(owner, strategy, one.turn),
            id_kind: turnIdKind(one.id.turnId),
            id_lineage: lineageBytes(one.id.lineage),
            seen_position: seen,
          }),
        ]
  const [headersWritten, ...others] = yield* pipeline([
    changeRows(writeHeader, headerRow(owner, header)),
    ...removing,
    ...appending,
    ...(summary === undefined
      ? []
      : [changeRows(statements.upsert, summaryRow(owner, strategy, summary))]),
    ...(added !== undefined && isDueAt(added.position)
      ? [
          rememberNewest(statements, owner, header, added),
          forgetTurnIds(statements, owner, added, forget),
        ]
      : []),
  ])
  if (headersWritten === 0) throw new WriteConflict()
  if (one !== undefined) {
    if (others[removing.length] === 0) throw new WriteConflict()
    return
  }
  yield* writeRows(statements, append, (each) => turnRow(owner, strategy, each))
  yield* rememberIds(statements, owner, strategy, remember)
}
