import type { RunIdentity } from '@harborage/core'
import { changeRows, LostRace, selectRows, together, type SqlWork } from '@harborage/core/sql'
import type { HeldMemory, MemoryChange, OldestTurns } from '../memory-driver.ts'
import { turnKind } from './kinds.ts'
import {
  conversationOf,
  headerRow,
  ownerColumns,
  summaryRow,
  turnOf,
  turnRow,
  type OwnerColumns,
} from './rows.ts'
import type { MemoryStatements } from './statements.ts'
import type { MemoryRow } from './tables.ts'

/**
 * The body of a change: locks the conversation by its bookkeeping, asks what is to be done, and does it.
 *
 * @throws LostRace if the conversation had no row to lock and somebody else made one.
 */
export function* changeWork<Result>(
  statements: MemoryStatements,
  identity: Required<RunIdentity>,
  oldest: OldestTurns,
  decide: (held: HeldMemory) => MemoryChange<Result>,
): SqlWork<Result> {
  const owner = ownerColumns(identity)
  const { header, summary } = conversationOf(yield* selectRows(statements.lock, owner))
  const limit = oldest(header)
  const turns = limit === 0 ? [] : yield* selectRows(statements.oldestTurns, { ...owner, limit })
  const change = decide({ header, summary, oldest: turns.map(turnOf) })
  yield* applyChange(statements, owner, header === undefined, change)
  return change.result
}

function* applyChange(
  statements: MemoryStatements,
  owner: OwnerColumns,
  isNew: boolean,
  { header, summary, append = [], removeThrough }: MemoryChange<unknown>,
): SqlWork<void> {
  if (header === undefined) return
  // The bookkeeping comes first: of two who begin a conversation, the second waits here and then starts again.
  const writeHeader = isNew ? statements.insert : statements.upsert
  // Whoever waits for the lock sees the newest content of the rows that were there before, but no row that came later.
  const newSummary = isNew ? (summary ?? '') : summary
  const upsert = (row: MemoryRow): SqlWork<number> => changeRows(statements.upsert, row)
  const [headersWritten] = yield* together([
    changeRows(writeHeader, headerRow(owner, header)),
    ...(removeThrough === undefined
      ? []
      : [changeRows(statements.removeTurns, { ...owner, last_kind: turnKind(removeThrough) })]),
    ...append.map((turn) => upsert(turnRow(owner, header.strategy, turn))),
    ...(newSummary === undefined ? [] : [upsert(summaryRow(owner, header.strategy, newSummary))]),
  ])
  if (headersWritten === 0) throw new LostRace()
}
