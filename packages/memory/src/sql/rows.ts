import { type EventId, HarborageError, type RunIdentity } from '@harborage/core'
import { parseEventIds } from '@harborage/core/kit'
import { sessionColumns } from '@harborage/core/sql'
import { z } from 'zod'
import type { Conversation, KeptTurn, MemoryHeader, RememberedTurnId } from '../memory-driver.ts'
import {
  HEADER_KIND,
  isTurn,
  isTurnId,
  positionOf,
  SUMMARY_KIND,
  turnIdKind,
  turnKind,
} from './kinds.ts'
import type { MemoryRow } from './tables.ts'

/** The columns that name a conversation. */
export type OwnerColumns = Pick<MemoryRow, 'tenant_id' | 'user_id' | 'session_id' | 'run_id'>

/** What is read of a row. */
export type ContentColumns = Pick<MemoryRow, 'kind' | 'tokens' | 'bytes'>

/** What is read of a row that is locked. */
export type LockedColumns = ContentColumns & Pick<MemoryRow, 'updated_at'>

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
  const header = headerOf(rows)
  let summary = ''
  const turns: KeptTurn[] = []
  for (const row of rows) {
    if (isTurn(row.kind)) turns.push(turnOf(row))
    else if (row.kind === SUMMARY_KIND) summary = textOf(row.bytes)
  }
  return { header, summary, turns }
}

/** What is remembered of the only id among the rows; `undefined` if there is none. */
export function rememberedOf(
  rows: readonly LockedColumns[],
  turnId: EventId,
): RememberedTurnId | undefined {
  const found = rows.find(({ kind }) => isTurnId(kind))
  if (found === undefined) return undefined
  const { tokens: position, updated_at: at, bytes } = found
  return { turnId, position, at, lineage: Number(textOf(bytes)) }
}

/** @throws `store_unavailable` if it is not what was written. */
export function headerOf(rows: readonly ContentColumns[]): MemoryHeader | undefined {
  const found = rows.find(({ kind }) => kind === HEADER_KIND)
  if (found === undefined) return undefined
  const parsed = parseHeader(found)
  if (parsed !== undefined) return parsed
  throw new HarborageError(
    'store_unavailable',
    'the bookkeeping of a conversation is damaged: restore the conversation from a snapshot',
    { retryable: false },
  )
}

/** As {@link headerOf}, but takes one that is damaged for none. */
export function headerIfSound(rows: readonly ContentColumns[]): MemoryHeader | undefined {
  const found = rows.find(({ kind }) => kind === HEADER_KIND)
  return found === undefined ? undefined : parseHeader(found)
}

function turnOf({ kind, tokens, bytes }: ContentColumns): KeptTurn {
  return { position: positionOf(kind), tokens, text: textOf(bytes) }
}

/** The lineage has a column to itself: an earlier release takes the JSON for damaged if there is more in it. */
export function headerRow(owner: OwnerColumns, { lineage, ...held }: MemoryHeader): MemoryRow {
  const text = JSON.stringify({ ...held, folder: held.folder ?? null, ended: held.ended ?? null })
  return row(owner, HEADER_KIND, held.strategy, lineage, text)
}

/** The lineage as it is kept with an id. */
export function lineageBytes(lineage: number): Uint8Array {
  return new TextEncoder().encode(String(lineage))
}

export function turnIdRow(
  owner: OwnerColumns,
  strategy: string,
  { turnId, position, at, lineage }: RememberedTurnId,
): MemoryRow {
  const remembering = row(owner, turnIdKind(turnId), strategy, position, String(lineage))
  return { ...remembering, updated_at: at }
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
function parseHeader({ tokens, bytes }: ContentColumns): MemoryHeader | undefined {
  try {
    const { turnIds, folder, ended, ...rest } = header.parse(JSON.parse(textOf(bytes)))
    return {
      ...rest,
      lineage: tokens,
      turnIds: parseEventIds(turnIds),
      folder: folder ?? undefined,
      ended: ended ?? undefined,
    }
  } catch {
    return undefined
  }
}
