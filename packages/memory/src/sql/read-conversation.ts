import { setImmediate as nextRound } from 'node:timers/promises'
import type { SqlDatabase } from '@harborage/core/sql'
import type { Conversation } from '../memory-driver.ts'
import { BEFORE_ALL, HEADER_KIND } from './kinds.ts'
import { conversationOf, type ContentColumns, type OwnerColumns } from './rows.ts'
import type { MemoryStatements } from './statements.ts'

/** The size of the first page, in rows. Nearly every conversation is read in one statement. */
const FIRST_ROWS = 1024

/** The size of a further page: about this number of bytes, and at most this number of rows. */
const PAGE_BYTES = 1024 * 1024
const PAGE_ROWS = 2_000

/**
 * How often to read a conversation in pages, if it changes each time, before reading it in one
 * statement.
 */
const MAX_ATTEMPTS = 5

/**
 * Reads a conversation as it is at one instant. Reads a long one in pages, so that other calls get
 * their turn in between, and starts again if its header shows that it has changed meanwhile.
 */
export async function readConversation(
  database: SqlDatabase,
  statements: MemoryStatements,
  owner: OwnerColumns,
): Promise<Conversation> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const first = await pageOf(database, statements, owner, BEFORE_ALL, FIRST_ROWS)
    if (first.length < FIRST_ROWS) return conversationOf(first)
    const read = await readFurther(database, statements, owner, first)
    const [header] = await database.rows(statements.header, owner)
    if (isSame(first[0], header)) return read
  }
  return conversationOf(
    await pageOf(database, statements, owner, BEFORE_ALL, Number.MAX_SAFE_INTEGER),
  )
}

/** Reads all pages after the first. */
async function readFurther(
  database: SqlDatabase,
  statements: MemoryStatements,
  owner: OwnerColumns,
  first: readonly ContentColumns[],
): Promise<Conversation> {
  const { header, summary, turns } = conversationOf(first)
  const all = [...turns]
  let page = first
  let limit = FIRST_ROWS
  while (page.length === limit) {
    limit = rowsOfNext(page)
    await nextRound()
    page = await pageOf(database, statements, owner, page.at(-1)?.kind ?? BEFORE_ALL, limit)
    for (const turn of conversationOf(page).turns) all.push(turn)
  }
  return { header, summary, turns: all }
}

function pageOf(
  database: SqlDatabase,
  { page }: MemoryStatements,
  owner: OwnerColumns,
  after_kind: string,
  limit: number,
): Promise<readonly ContentColumns[]> {
  return database.rows(page, { ...owner, after_kind, limit })
}

/** Returns the number of rows for the next page, if they are as large as those of this one. */
export function rowsOfNext(page: readonly ContentColumns[]): number {
  const bytes = page.reduce((sum, row) => sum + row.bytes.length, 0)
  const each = Math.max(bytes / Math.max(page.length, 1), 1)
  return Math.min(Math.max(Math.floor(PAGE_BYTES / each), 1), PAGE_ROWS)
}

function isSame(before: ContentColumns | undefined, now: ContentColumns | undefined): boolean {
  if (before === undefined || before.kind !== HEADER_KIND || now === undefined) return false
  return before.tokens === now.tokens && Buffer.compare(before.bytes, now.bytes) === 0
}
