import type { RunIdentity } from '@harborage/core'
import { changeRows, selectRows, pipeline, WriteConflict, type SqlWork } from '@harborage/core/sql'
import type { HeldMemory, Look, MemoryChange, MemoryHeader } from '../memory-driver.ts'
import { HEADER_KIND, turnIdKind, turnKind } from './kinds.ts'
import { writeRows } from './many-rows.ts'
import { forgetTurnIds, isDueAt, rememberNewest } from './turn-id-rows.ts'
import {
  conversationOf,
  headerIfSound,
  headerOf,
  headerRow,
  lineageBytes,
  ownerColumns,
  rememberedOf,
  summaryRow,
  turnIdRow,
  turnRow,
  type LockedColumns,
  type OwnerColumns,
} from './rows.ts'
import type { MemoryStatements } from './statements.ts'

/**
 * The body of a change: locks the conversation by its bookkeeping, asks what is to be done, and does it.
 *
 * @throws WriteConflict if the conversation had no row to lock and another caller made one, or if
 * the id of the turn turns out to be remembered since it was looked for.
 */
export function* changeWork<Result>(
  statements: MemoryStatements,
  identity: Required<RunIdentity>,
  look: Look,
  decide: (held: HeldMemory) => MemoryChange<Result>,
  mayBeApplied: boolean,
): SqlWork<Result> {
  const owner = ownerColumns(identity)
  const rows = yield* lock(statements, owner, look)
  const header = look.replaces === true ? headerIfSound(rows) : headerOf(rows)
  const limit = look.oldestTurns?.(header) ?? 0
  // Whoever waited for the lock sees in later statements, and only there, all that was written before.
  const seen = yield* pipeline([
    ...(limit === 0 ? [] : [selectRows(statements.oldestTurns, { ...owner, limit })]),
    ...(look.summary === true ? [selectRows(statements.summary, owner)] : []),
  ])
  const { summary, turns } = conversationOf(seen.flat())
  const remembered = look.turnId === undefined ? undefined : rememberedOf(rows, look.turnId)
  const change = decide({ header, summary, oldest: turns, remembered, mayBeApplied })
  if (change.erase === true) yield* changeRows(statements.erase, owner)
  else if (change.header !== undefined) {
    const isNew = rows.every(({ kind }) => kind !== HEADER_KIND)
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
  { turnId }: Look,
): SqlWork<readonly LockedColumns[]> {
  return turnId === undefined
    ? selectRows(statements.lock, owner)
    : selectRows(statements.lockAndFind, { ...owner, id_kind: turnIdKind(turnId) })
}

/** What the lock found. */
interface Found {
  /** Whether there was nothing to lock. */
  readonly isNew: boolean
  /** The position that was remembered with the id that was asked for. */
  readonly seen: number | undefined
}

function* applyChange(
  statements: MemoryStatements,
  owner: OwnerColumns,
  { isNew, seen = -1 }: Found,
  change: MemoryChange<unknown>,
  header: MemoryHeader,
): SqlWork<void> {
  const { summary, append = [], removeThrough, remember = [], forget } = change
  const { strategy } = header
  const [turn, ...furtherTurns] = append
  const [id, ...furtherIds] = remember
  // Only a turn that is added makes others be forgotten. It may be dropped at once.
  const added = forget !== undefined && furtherIds.length === 0 ? id : undefined
  const isOneTurn = turn !== undefined && added !== undefined && furtherTurns.length === 0
  // The bookkeeping comes first: of two who begin a conversation, the second waits here and then starts again.
  const writeHeader = isNew ? statements.insert : statements.upsert
  const removing =
    removeThrough === undefined
      ? []
      : [changeRows(statements.removeTurns, { ...owner, last_kind: turnKind(removeThrough) })]
  const appending = isOneTurn
    ? [
        changeRows(statements.append, {
          ...turnRow(owner, strategy, turn),
          id_kind: turnIdKind(added.turnId),
          id_lineage: lineageBytes(added.lineage),
          seen_position: seen,
        }),
      ]
    : []
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
  if (isOneTurn) {
    if (others[removing.length] === 0) throw new WriteConflict()
    return
  }
  yield* writeRows(statements, append, (each) => turnRow(owner, strategy, each))
  yield* writeRows(statements, remember, (each) => turnIdRow(owner, strategy, each))
}
