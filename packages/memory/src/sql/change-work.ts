import { OutcomeUnknownError, type RunIdentity } from '@harborage/core'
import { changeRows, LostRace, selectRows, together, type SqlWork } from '@harborage/core/sql'
import type { HeldMemory, Look, MemoryChange } from '../memory-driver.ts'
import { turnKind } from './kinds.ts'
import {
  conversationOf,
  headerIfSound,
  headerOf,
  headerRow,
  ownerColumns,
  summaryRow,
  turnRow,
  type OwnerColumns,
} from './rows.ts'
import type { MemoryStatements } from './statements.ts'
import type { MemoryRow } from './tables.ts'

/**
 * The body of a change: locks the conversation by its bookkeeping, asks what is to be done, and does it.
 *
 * @param mayBeApplied Whether an attempt before may have been applied, as its answer was lost.
 * @throws LostRace if the conversation had no row to lock and somebody else made one.
 * @throws `outcome_unknown` if a change that may have been applied would again replace everything,
 * turns among them that were added since.
 */
export function* changeWork<Result>(
  statements: MemoryStatements,
  identity: Required<RunIdentity>,
  look: Look,
  decide: (held: HeldMemory) => MemoryChange<Result>,
  mayBeApplied: boolean,
): SqlWork<Result> {
  const owner = ownerColumns(identity)
  const rows = yield* selectRows(statements.lock, owner)
  const header = look.replaces === true ? headerIfSound(rows) : headerOf(rows)
  const limit = look.oldestTurns?.(header) ?? 0
  // Whoever waited for the lock sees in later statements, and only there, all that was written before.
  const seen = yield* together([
    ...(limit === 0 ? [] : [selectRows(statements.oldestTurns, { ...owner, limit })]),
    ...(look.summary === true ? [selectRows(statements.summary, owner)] : []),
  ])
  const { summary, turns } = conversationOf(seen.flat())
  const change = decide({ header, summary, oldest: turns })
  if (mayBeApplied && look.replaces === true && change.header !== undefined) throw unknownOutcome()
  yield* applyChange(statements, owner, rows.length === 0, change)
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
  const upsert = (row: MemoryRow): SqlWork<number> => changeRows(statements.upsert, row)
  const [headersWritten] = yield* together([
    changeRows(writeHeader, headerRow(owner, header)),
    ...(removeThrough === undefined
      ? []
      : [changeRows(statements.removeTurns, { ...owner, last_kind: turnKind(removeThrough) })]),
    ...append.map((turn) => upsert(turnRow(owner, header.strategy, turn))),
    ...(summary === undefined ? [] : [upsert(summaryRow(owner, header.strategy, summary))]),
  ])
  if (headersWritten === 0) throw new LostRace()
}

function unknownOutcome(): OutcomeUnknownError {
  return new OutcomeUnknownError(
    'the answer of the database was lost, and the conversation has gone on since: look at it before you call again',
  )
}
