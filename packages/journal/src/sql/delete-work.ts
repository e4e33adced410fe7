import { HarborageError, type Subtree } from '@harborage/core'
import {
  changeRows,
  ownerColumns,
  pipeline,
  prefixUpperBound,
  refuseToRepeat,
  selectRows,
  type SqlWork,
} from '@harborage/core/sql'
import { isAsExamined } from '../internal/is-at-head.ts'
import type { ExaminedHead, StreamKey } from '../journal-driver.ts'
import { headOf, streamColumns, streamKeyOf } from './rows.ts'
import type { JournalStatements } from './statements.ts'
import type { AfterColumns, StreamsParameters } from './stream-statements.ts'

/** The largest number of streams that are found at a time. */
const MAX_FOUND = 1_000

/** The largest number of passes while others keep beginning streams. */
const MAX_PASSES = 100

/**
 * Deletes a stream, and returns whether there was one.
 *
 * @param mayBeApplied Whether an earlier attempt may have been applied because its answer was lost.
 * @param ifHead The head that it has to have, with its expiry. Default: any.
 * @throws `outcome_unknown` if so.
 */
export function* deleteWork(
  statements: JournalStatements,
  key: StreamKey,
  mayBeApplied: boolean,
  ifHead?: ExaminedHead,
): SqlWork<boolean> {
  refuseToRepeat(mayBeApplied)
  const at = streamColumns(key)
  const [locked] = yield* selectRows(statements.lock, at)
  if (locked === undefined) return false
  const { generation } = locked
  if (ifHead !== undefined && !isAsExamined(headOf(locked), ifHead)) return false
  yield* pipeline([
    changeRows(statements.removeAll, { tenant_id: at.tenant_id, generation }),
    changeRows(statements.removeHead, at),
  ])
  return true
}

/**
 * Deletes the streams of a run, or those of a session and all its runs, and returns their keys.
 * Makes passes until none is left: others may begin streams meanwhile.
 *
 * @param mayBeApplied Whether an earlier attempt may have been applied because its answer was lost.
 * @throws `outcome_unknown` if so; `store_unavailable` after 100 passes.
 */
export function* deleteAllWork(
  statements: JournalStatements,
  subtree: Subtree<'run' | 'session'>,
  mayBeApplied: boolean,
): SqlWork<readonly StreamKey[]> {
  refuseToRepeat(mayBeApplied)
  const deleted: StreamKey[] = []
  for (let pass = 0; pass < MAX_PASSES;) {
    const found = yield* selectRows(statements.byName[subtree.level], allIn(subtree))
    if (found.length === 0) return deleted
    deleted.push(...(yield* deleteEachWork(statements, found.map(streamKeyOf), mayBeApplied)))
    // A full page may be one of many that were there before.
    if (found.length < MAX_FOUND) pass += 1
  }
  throw new HarborageError(
    'store_unavailable',
    `others began new streams during each of ${MAX_PASSES} passes of a deletion: nothing was deleted, call again`,
  )
}

/** Deletes streams in their order, and returns those that there were. */
export function* deleteEachWork(
  statements: JournalStatements,
  keys: readonly StreamKey[],
  mayBeApplied: boolean,
): SqlWork<readonly StreamKey[]> {
  const isDeleted = yield* pipeline(keys.map((key) => deleteWork(statements, key, mayBeApplied)))
  return keys.filter((_, index) => isDeleted[index])
}

function allIn(subtree: Subtree): StreamsParameters {
  return {
    ...ownerColumns(subtree),
    stream: '',
    from_stream: '',
    end_stream: prefixUpperBound(''),
    with_expired: 1,
    ...BEGINNING,
    limit: MAX_FOUND,
  }
}

/** The place before the first stream, in either order: no name is empty. */
export const BEGINNING: AfterColumns = {
  after_user_id: '',
  after_session_id: '',
  after_run_id: '',
  after_stream: '',
  after_recent_at: Number.MAX_SAFE_INTEGER,
}
