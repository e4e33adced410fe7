import { sessionOf } from '@harborage/core/sql'
import type { OwnerColumns } from './rows.ts'
import type { MemoryRow } from './tables.ts'

/** The primary key. */
export const key = ['tenant_id', 'user_id', 'session_id', 'run_id', 'kind'] as const

/** Just the columns that name a conversation, of a row or of a statement's placeholders. */
export function ownerOf(at: OwnerColumns): OwnerColumns {
  return { ...sessionOf(at), run_id: at.run_id }
}

/** Just the columns of a row. */
export function rowOf(row: MemoryRow): MemoryRow {
  const { kind, strategy, tokens, updated_at, bytes } = row
  return { ...ownerOf(row), kind, strategy, tokens, updated_at, bytes }
}
