import { sessionOf } from '@harborage/core/sql'
import type { OwnerColumns } from './rows.ts'

/** Just the columns that name a conversation, of a row or of a statement's placeholders. */
export function ownerOf(at: OwnerColumns): OwnerColumns {
  return { ...sessionOf(at), run_id: at.run_id }
}
