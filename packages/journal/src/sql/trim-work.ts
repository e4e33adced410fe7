import { changeRows, refuseToRepeat, selectRows, type SqlWork } from '@harborage/core/sql'
import type { StreamKey } from '../journal-driver.ts'
import type { ChangeStatements } from './change-statements.ts'
import { dropRange, forgetOldIds, inspectRange } from './drop-work.ts'
import { hasExpired, type ExpiryStatements } from './expiry.ts'
import { streamColumns } from './rows.ts'

/** The largest number of entries that are dropped in one step. */
const MAX_STEP = 10_000

/** What a step of a trim did. */
export interface TrimStep {
  readonly dropped: number
  /** The generation of the stream, if the trim has to go on. */
  readonly next: string | undefined
}

/**
 * Drops the oldest entries before a position, as many as fit in one step.
 *
 * @param generation The generation of the step before, or `undefined` for the first step.
 * @param mayBeApplied Whether an earlier attempt may have been applied because its answer was lost.
 * @throws `outcome_unknown` if so: the number of dropped entries is lost.
 */
export function* trimWork(
  statements: ChangeStatements & Pick<ExpiryStatements, 'now'>,
  key: StreamKey,
  before: number,
  generation: string | undefined,
  mayBeApplied: boolean,
): SqlWork<TrimStep> {
  refuseToRepeat(mayBeApplied)
  const at = streamColumns(key)
  const [locked] = yield* selectRows(statements.lock, at)
  if (locked === undefined) return NOTHING
  if (generation !== undefined && generation !== locked.generation) return NOTHING
  if (yield* hasExpired(statements, locked)) return NOTHING
  const to = Math.min(before, locked.position + 1)
  if (to <= locked.first) return NOTHING
  const owner = { tenant_id: at.tenant_id, generation: locked.generation }
  const whole = { ...owner, from_position: locked.first, to_position: to }
  const [beyond] = yield* selectRows(statements.findNth, { ...whole, skip: MAX_STEP })
  const range = { ...whole, to_position: beyond?.position ?? to }
  const dropped = yield* inspectRange(statements, range)
  yield* dropRange(statements, range, dropped)
  yield* changeRows(statements.update, {
    ...at,
    ...locked,
    first: range.to_position,
    length: locked.length - dropped.count,
  })
  yield* forgetOldIds(statements, owner)
  const isDone = beyond === undefined
  return { dropped: dropped.count, next: isDone ? undefined : locked.generation }
}

const NOTHING: TrimStep = { dropped: 0, next: undefined }
