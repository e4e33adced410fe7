import { newEventId } from '@harborage/core'
import { changeRows, type SqlWork } from '@harborage/core/sql'
import type { ChangeStatements } from './change-statements.ts'
import { dropRange, forgetOldIds, inspectRange } from './drop-work.ts'
import type { ExpiryStatements, RenewedHead } from './expiry.ts'
import type { LockedColumns, StreamColumns } from './rows.ts'
import { NEVER } from './tables.ts'

/** Returns the head with which a stream begins anew that has expired. */
export function renewedHead(locked: LockedColumns): LockedColumns {
  return {
    ...locked,
    generation: newEventId(),
    first: locked.position + 1,
    length: 0,
    expires_at: NEVER,
  }
}

/**
 * Begins a stream anew that has expired: drops all of its entries, and remembers the ids of the
 * newest ones in its next generation.
 *
 * @param at The stream, whose head is locked.
 * @param renewed What {@link renewedHead} returned of it.
 */
export function* renewWork(
  statements: ExpiryStatements & ChangeStatements,
  at: StreamColumns,
  expired: LockedColumns,
  renewed: RenewedHead,
): SqlWork<void> {
  const { tenant_id } = at
  const generation = { tenant_id, generation: expired.generation }
  const range = { ...generation, from_position: expired.first, to_position: renewed.first }
  yield* dropRange(statements, range, yield* inspectRange(statements, range))
  yield* forgetOldIds(statements, generation)
  yield* changeRows(statements.moveRows, { ...generation, to_generation: renewed.generation })
  yield* changeRows(statements.renew, {
    ...at,
    generation: renewed.generation,
    first: renewed.first,
  })
}
