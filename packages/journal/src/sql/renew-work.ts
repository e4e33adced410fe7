import { newEventId } from '@harborage/core'
import { changeRows, selectRows, type SqlWork } from '@harborage/core/sql'
import type { ChangeStatements } from './change-statements.ts'
import { dropRange, forgetOldIds, inspectRange } from './drop-work.ts'
import type { ExpiryStatements, RenewedHead } from './expiry.ts'
import type { LockedColumns, StreamColumns } from './rows.ts'
import { NEVER } from './tables.ts'

/** The most entries that the step removes in which a stream begins anew. */
export const MAX_RENEWED = 10_000

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
 * Drops the newest 10,000 entries of a stream that has expired, and remembers the newest ids. The
 * stream stays as it is otherwise: hidden. Dropped from its end, it has no gap for one who reads it
 * since before.
 *
 * @param at The stream, whose head is locked.
 */
export function* shortenWork(
  statements: ChangeStatements,
  at: StreamColumns,
  expired: LockedColumns,
): SqlWork<void> {
  const generation = { tenant_id: at.tenant_id, generation: expired.generation }
  const whole = {
    ...generation,
    from_position: expired.first,
    to_position: expired.position + 1,
  }
  const [oldest] = yield* selectRows(statements.findNthNewest, { ...whole, skip: MAX_RENEWED - 1 })
  const range = { ...whole, from_position: oldest?.position ?? expired.first }
  const dropped = yield* inspectRange(statements, range)
  yield* dropRange(statements, range, dropped)
  yield* changeRows(statements.update, {
    ...at,
    ...expired,
    length: expired.length - dropped.count,
  })
  yield* forgetOldIds(statements, generation)
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
