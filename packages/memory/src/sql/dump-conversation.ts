import type { RunIdentity } from '@harborage/core'
import type { SqlDatabase } from '@harborage/core/sql'
import { compareTurnIds } from '../compare-turn-ids.ts'
import type { DumpedConversation } from '../memory-driver.ts'
import type { DumpStatements } from './dump-statements.ts'
import { BEFORE_ALL, isTurnId } from './kinds.ts'
import { rowsOfNext } from './read-conversation.ts'
import { conversationOf, ownerColumns, turnIdOf, type LockedColumns } from './rows.ts'

/** The size of the first page, in rows. */
const FIRST_ROWS = 256

/**
 * Reads all rows of a conversation.
 *
 * @throws `store_unavailable` if the header is damaged.
 */
export async function dumpConversation(
  database: SqlDatabase,
  statements: DumpStatements,
  identity: Required<RunIdentity>,
): Promise<DumpedConversation | undefined> {
  const owner = ownerColumns(identity)
  const rows: LockedColumns[] = []
  let limit = FIRST_ROWS
  for (;;) {
    const after_kind = rows.at(-1)?.kind ?? BEFORE_ALL
    const page = await database.rows(statements.rows, { ...owner, after_kind, limit })
    for (const row of page) rows.push(row)
    if (page.length < limit) break
    limit = rowsOfNext(page)
  }
  const { header, summary, turns } = conversationOf(rows)
  if (header === undefined) return undefined
  const { tenantId, userId, sessionId, runId } = identity
  return {
    identity: { tenantId, userId, sessionId, runId },
    header,
    summary,
    turns,
    turnIds: rows
      .filter(({ kind }) => isTurnId(kind))
      .map(turnIdOf)
      .toSorted(compareTurnIds),
  }
}
