import { HarborageError, parseEventId, type EventId, type RunIdentity } from '@harborage/core'
import { sessionColumns, sessionOf } from '@harborage/core/sql'
import type { Conversation, KeptTurn, MemoryHeader, RememberedTurnId } from '../memory-driver.ts'
import {
  HEADER_KIND,
  isTurn,
  isTurnId,
  positionOf,
  SUMMARY_KIND,
  turnIdIn,
  turnIdKind,
  turnKind,
} from './kinds.ts'
import { readHeader, writeHeader } from './stored-header.ts'
import type { MemoryRow } from './tables.ts'

/** The columns that name a conversation. */
export type OwnerColumns = Pick<MemoryRow, 'tenant_id' | 'user_id' | 'session_id' | 'run_id'>

/** The columns that name a collection of a session or a run. */
export interface CollectionColumns extends OwnerColumns {
  readonly collection: string
}

/** The columns that are read of a row. */
export type ContentColumns = Pick<MemoryRow, 'kind' | 'tokens' | 'bytes'>

/** The columns that are read of a locked row. */
export type LockedColumns = ContentColumns & Pick<MemoryRow, 'updated_at'>

/** The parameters of a page of the rows of a conversation. */
export interface PageParameters extends OwnerColumns {
  readonly after_kind: string
  readonly limit: number
}

/** The names of {@link ContentColumns}. */
export const contentNames: readonly (keyof ContentColumns)[] = ['kind', 'tokens', 'bytes']

/** The names of {@link LockedColumns}. */
export const lockedNames: readonly (keyof LockedColumns)[] = [...contentNames, 'updated_at']

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/** Picks the columns that name a conversation. */
export function ownerOf(at: OwnerColumns): OwnerColumns {
  return { ...sessionOf(at), run_id: at.run_id }
}

/** Returns the columns that name a conversation. */
export function ownerColumns(identity: Required<RunIdentity>): OwnerColumns {
  return { ...sessionColumns(identity), run_id: identity.runId }
}

/** Returns the identity of a conversation by the columns that name it. */
export function identityOf(row: OwnerColumns): Required<RunIdentity> {
  const { tenant_id: tenantId, user_id: userId, session_id: sessionId, run_id: runId } = row
  return { tenantId, userId, sessionId, runId }
}

/**
 * Returns the conversation of rows.
 *
 * @throws `store_unavailable` if the header is damaged.
 */
export function conversationOf(rows: readonly ContentColumns[]): Conversation {
  const header = headerOf(rows)
  let summary = ''
  const turns: KeptTurn[] = []
  for (const row of rows) {
    if (isTurn(row.kind)) turns.push(turnOf(row))
    else if (row.kind === SUMMARY_KIND) summary = textOf(row.bytes)
  }
  return { header, summary, turns }
}

/** Returns the remembered turn id among the rows, or `undefined` if there is none. */
export function rememberedOf(
  rows: readonly LockedColumns[],
  turnId: EventId,
): RememberedTurnId | undefined {
  const found = rows.find(({ kind }) => isTurnId(kind))
  return found && rememberedAs(turnId, found)
}

/**
 * Returns the remembered turn id of its row.
 *
 * @throws `store_unavailable` if it is damaged.
 */
export function turnIdOf(row: LockedColumns): RememberedTurnId {
  let turnId: EventId
  try {
    turnId = parseEventId(turnIdIn(row.kind))
  } catch {
    // Without the cause, which advises to make another id.
    throw damaged('a remembered turn id')
  }
  return rememberedAs(turnId, row)
}

function rememberedAs(
  turnId: EventId,
  { tokens: position, updated_at: at, bytes }: LockedColumns,
): RememberedTurnId {
  return { turnId, position, at, lineage: Number(textOf(bytes)) }
}

/**
 * Returns the header among the rows, or `undefined` if there is none.
 *
 * @throws `store_unavailable` if it is damaged.
 */
export function headerOf(rows: readonly ContentColumns[]): MemoryHeader | undefined {
  const found = rows.find(({ kind }) => kind === HEADER_KIND)
  if (found === undefined) return undefined
  const header = soundHeader(found)
  if (header !== undefined) return header
  throw damaged('the header of a conversation')
}

function damaged(what: string): HarborageError {
  return new HarborageError(
    'store_unavailable',
    `${what} is damaged: restore the conversation from a snapshot`,
    { retryable: false },
  )
}

/** Returns the header among the rows, or `undefined` if there is none or it is damaged. */
export function headerIfSound(rows: readonly ContentColumns[]): MemoryHeader | undefined {
  const found = rows.find(({ kind }) => kind === HEADER_KIND)
  return found === undefined ? undefined : soundHeader(found)
}

function soundHeader({ tokens, bytes }: ContentColumns): MemoryHeader | undefined {
  return readHeader(textOf(bytes), tokens)
}

function turnOf({ kind, tokens, bytes }: ContentColumns): KeptTurn {
  return { position: positionOf(kind), tokens, text: textOf(bytes) }
}

/**
 * Returns the row of a header. The lineage is a column, since an earlier release rejects JSON with
 * an unknown name.
 */
export function headerRow(owner: OwnerColumns, header: MemoryHeader): MemoryRow {
  return row(owner, HEADER_KIND, header.strategy, header.lineage, writeHeader(header))
}

/** Returns the bytes of the row of a header. */
export function headerBytes(header: MemoryHeader): Uint8Array {
  return encoder.encode(writeHeader(header))
}

/** Returns a row in place of a header, for a transaction that removes it before its end. */
export function placeholderRow(owner: OwnerColumns): MemoryRow {
  return row(owner, HEADER_KIND, 'none', 0, '')
}

/** Returns the lineage as it is stored with a turn id. */
export function lineageBytes(lineage: number): Uint8Array {
  return encoder.encode(String(lineage))
}

/** Returns the row that remembers a turn id. */
export function turnIdRow(
  owner: OwnerColumns,
  strategy: string,
  { turnId, position, at, lineage }: RememberedTurnId,
): MemoryRow {
  const remembering = row(owner, turnIdKind(turnId), strategy, position, String(lineage))
  return { ...remembering, updated_at: at }
}

/** Returns the row of a summary. */
export function summaryRow(owner: OwnerColumns, strategy: string, summary: string): MemoryRow {
  return row(owner, SUMMARY_KIND, strategy, 0, summary)
}

/** Returns the row of a turn. */
export function turnRow(owner: OwnerColumns, strategy: string, turn: KeptTurn): MemoryRow {
  return row(owner, turnKind(turn.position), strategy, turn.tokens, turn.text)
}

function row(
  owner: OwnerColumns,
  kind: string,
  strategy: string,
  tokens: number,
  text: string,
): MemoryRow {
  const bytes = encoder.encode(text)
  return { ...owner, kind, strategy, tokens, updated_at: Date.now(), bytes }
}

function textOf(bytes: Uint8Array): string {
  return utf8.decode(bytes)
}
