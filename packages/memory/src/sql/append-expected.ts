import type { RunIdentity } from '@harborage/core'
import {
  changeRows,
  isSqlFailure,
  isWriteConflict,
  pipeline,
  WriteConflict,
  type SqlDatabase,
  type SqlWork,
  type WorkTraits,
} from '@harborage/core/sql'
import type { HeldMemory, MemoryChange, ReadSet } from '../memory-driver.ts'
import { addedTurnOf } from './added-turn.ts'
import { turnIdKind } from './kinds.ts'
import type { KnownHeader } from './last-headers.ts'
import { headerBytes, lineageBytes, ownerColumns, turnRow } from './rows.ts'
import type { MemoryStatements } from './statements.ts'
import { isDueAt } from './turn-id-rows.ts'
import type { ExpectedAppend } from './write-statements.ts'

/** The addition of a turn to a conversation with an expected header. */
export interface PlannedAppend<Result> {
  readonly row: ExpectedAppend
  /** The header afterwards. */
  readonly left: KnownHeader
  readonly result: Result
}

/**
 * Returns the addition of a turn that `decide` makes of a conversation with this header, or
 * `undefined` if the decision needs more than the header, or does more than to add a turn.
 */
export function planAppend<Result>(
  identity: Required<RunIdentity>,
  { header: expected, bytes: expectedBytes }: KnownHeader,
  readSet: ReadSet,
  decide: (held: HeldMemory) => MemoryChange<Result>,
): PlannedAppend<Result> | undefined {
  // An earlier release leaves no lineage, by which conversations differ.
  if (expected.lineage === 0 || readSet.summary === true || readSet.replaces === true) {
    return undefined
  }
  if ((readSet.oldestTurns?.(expected) ?? 0) > 0) return undefined
  const change = decide({
    header: expected,
    summary: '',
    exists: true,
    oldest: [],
    remembered: undefined,
    mayBeApplied: false,
  })
  const { header, result, summary, removeThrough, removeAt = [] } = change
  const added = addedTurnOf(change)
  if (header === undefined || added === undefined || summary !== undefined) return undefined
  if (removeThrough !== undefined || removeAt.length > 0) return undefined
  if (header.lineage !== expected.lineage || isDueAt(added.id.position)) return undefined
  const owner = ownerColumns(identity)
  const row = {
    ...turnRow(owner, header.strategy, added.turn),
    id_kind: turnIdKind(added.id.turnId),
    id_lineage: lineageBytes(added.id.lineage),
    seen_position: -1,
    lineage: expected.lineage,
    expected_header: expectedBytes,
    new_header: headerBytes(header),
  }
  return { row, left: { header, bytes: row.new_header }, result }
}

/**
 * Adds a turn if the conversation has the expected header, and does not remember the id of the
 * turn. Resolves to `repeated` if it changed nothing and an earlier attempt may have been applied.
 */
export async function appendExpected(
  database: SqlDatabase,
  statements: MemoryStatements,
  traits: WorkTraits,
  row: ExpectedAppend,
): Promise<'written' | 'unexpected' | 'repeated'> {
  let wasRepeated = false
  try {
    if (statements.appendExpected !== undefined) {
      const changes = await database.changes(statements.appendExpected, row)
      return changes > 0 ? 'written' : 'unexpected'
    }
    await database.transaction(traits, (mayBeApplied) => {
      wasRepeated ||= mayBeApplied
      return appendExpectedWork(statements, row)
    })
    return 'written'
  } catch (error) {
    if (isSqlFailure(error, 'repeated')) return 'repeated'
    if (!isWriteConflict(error)) throw error
    return wasRepeated ? 'repeated' : 'unexpected'
  }
}

/**
 * Adds a turn to a conversation with an expected header, without reading.
 *
 * @throws WriteConflict if the conversation has another header, or remembers the id of the turn.
 */
export function* appendExpectedWork(
  { appendExpected: statement, replaceHeader, upsert }: MemoryStatements,
  row: ExpectedAppend,
): SqlWork<void> {
  const writes =
    statement === undefined
      ? [changeRows(replaceHeader, row), changeRows(upsert, row)]
      : [changeRows(statement, row)]
  const [replaced] = yield* pipeline(writes)
  if (replaced === 0) throw new WriteConflict()
}
