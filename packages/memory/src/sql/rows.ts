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
  // Earlier releases did not write it.
  ended: z.string().nullable().default(null),
})

export function ownerColumns(identity: Required<RunIdentity>): OwnerColumns {
  return { ...sessionColumns(identity), run_id: identity.runId }
}

export function conversationOf(rows: readonly ContentColumns[]): Conversation {
  return {
    header: headerOf(rows),
    summary: summaryOf(rows),
    turns: rows.filter(({ kind }) => isTurn(kind)).map(turnOf),
  }
}

/** @throws `store_unavailable` if it is not what was written. */
export function headerOf(rows: readonly ContentColumns[]): MemoryHeader | undefined {
  const found = rows.find(({ kind }) => kind === HEADER_KIND)
  if (found === undefined) return undefined
  const parsed = parseHeader(textOf(found.bytes))
  if (parsed !== undefined) return parsed
  throw new StoreUnavailableError(
    'the bookkeeping of a conversation is damaged: restore the conversation from a snapshot',
    { retryable: false },
  )
}

/** As {@link headerOf}, but takes one that is damaged for none. */
export function headerIfSound(rows: readonly ContentColumns[]): MemoryHeader | undefined {
  const found = rows.find(({ kind }) => kind === HEADER_KIND)
  return found === undefined ? undefined : parseHeader(textOf(found.bytes))
}

function summaryOf(rows: readonly ContentColumns[]): string {
  const found = rows.find(({ kind }) => kind === SUMMARY_KIND)
  return found === undefined ? '' : textOf(found.bytes)
}

function turnOf({ kind, tokens, bytes }: ContentColumns): KeptTurn {
  return { position: positionOf(kind), tokens, text: textOf(bytes) }
}

export function headerRow(owner: OwnerColumns, held: MemoryHeader): MemoryRow {
  const text = JSON.stringify({ ...held, folder: held.folder ?? null, ended: held.ended ?? null })
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

/** `undefined` if it is not what {@link headerRow} wrote. */
function parseHeader(text: string): MemoryHeader | undefined {
  try {
    const { turnIds, folder, ended, ...rest } = header.parse(JSON.parse(text))
    return {
      ...rest,
      turnIds: turnIds.map(parseEventId),
      folder: folder ?? undefined,
      ended: ended ?? undefined,
    }
  } catch {
    return undefined
  }
}
