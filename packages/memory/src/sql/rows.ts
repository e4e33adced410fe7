import { parseEventId, StoreUnavailableError, type RunIdentity } from '@harborage/core'
import { sessionColumns } from '@harborage/core/sql'
import { z } from 'zod'
import type { Conversation, KeptTurn, MemoryHeader } from '../memory-driver.ts'
import { HEADER_KIND, isTurn, positionOf, SUMMARY_KIND, turnKind } from './kinds.ts'
import type { MemoryRow } from './tables.ts'

/** The columns that name a conversation. */
export type OwnerColumns = Pick<MemoryRow, 'tenant_id' | 'user_id' | 'session_id' | 'run_id'>

/** What is read of a row. */
export type ContentColumns = Pick<MemoryRow, 'kind' | 'tokens' | 'bytes'>

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

const header = z.strictObject({
  strategy: z.enum(['none', 'truncation', 'rolling_summary']),
  nextPosition: z.int(),
  turns: z.int(),
  tokens: z.int(),
  turnIds: z.array(z.string()),
  health: z.enum(['healthy', 'retry', 'degraded', 'recovering']),
  failures: z.int(),
  folder: z.string().nullable(),
})

export function ownerColumns(identity: Required<RunIdentity>): OwnerColumns {
  return { ...sessionColumns(identity), run_id: identity.runId }
}

export function conversationOf(rows: readonly ContentColumns[]): Conversation {
  const headerRow = rows.find(({ kind }) => kind === HEADER_KIND)
  const summaryRow = rows.find(({ kind }) => kind === SUMMARY_KIND)
  return {
    header: headerRow === undefined ? undefined : parseHeader(headerRow.bytes),
    summary: summaryRow === undefined ? '' : textOf(summaryRow.bytes),
    turns: rows.filter(({ kind }) => isTurn(kind)).map(turnOf),
  }
}

export function turnOf({ kind, tokens, bytes }: ContentColumns): KeptTurn {
  return { position: positionOf(kind), tokens, text: textOf(bytes) }
}

export function headerRow(owner: OwnerColumns, held: MemoryHeader): MemoryRow {
  const text = JSON.stringify({ ...held, folder: held.folder ?? null })
  return row(owner, HEADER_KIND, held.strategy, 0, text)
}

export function summaryRow(owner: OwnerColumns, strategy: string, summary: string): MemoryRow {
  return row(owner, SUMMARY_KIND, strategy, 0, summary)
}

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
  const bytes = new TextEncoder().encode(text)
  return { ...owner, kind, strategy, tokens, updated_at: Date.now(), bytes }
}

function textOf(bytes: Uint8Array): string {
  return utf8.decode(bytes)
}

function parseHeader(bytes: Uint8Array): MemoryHeader {
  const parsed = header.safeParse(JSON.parse(textOf(bytes)))
  if (!parsed.success) {
    throw new StoreUnavailableError(
      'the bookkeeping of a conversation is damaged: restore it from a snapshot',
      { retryable: false },
    )
  }
  const { turnIds, folder, ...rest } = parsed.data
  return { ...rest, turnIds: turnIds.map(parseEventId), folder: folder ?? undefined }
}
