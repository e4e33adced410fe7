import { HarborageError, type RunIdentity, type Subtree } from '@harborage/core'
import { changeRows, pipeline, refuseToRepeat, selectRows, type SqlWork } from '@harborage/core/sql'
import { healthOf } from '../internal/decide-replacement.ts'
import type { DeletedConversation, HeldMemory, MemoryChange, ReadSet } from '../memory-driver.ts'
import { changeWork } from './change-work.ts'
import { ownerColumns } from './rows.ts'
import type { MemoryStatements } from './statements.ts'
import type { FoundColumns } from './subtree-statements.ts'

/** The largest number of passes while others keep beginning conversations. */
const MAX_PASSES = 100

/** The largest number of passages that one statement deletes. Each word of them takes a while. */
const MAX_PASSAGES_AT_ONCE = 1_000

const readSet: ReadSet = { replaces: true }

/**
 * Deletes the conversation and the passages of a run, or those of a session and all its runs, and
 * returns the conversations that there were. Passages take no round trip of their own if there are
 * none.
 *
 * @param mayBeApplied Whether an earlier attempt may have been applied because its answer was lost.
 * @throws `outcome_unknown` if so; WriteConflict if another caller begins a conversation at the
 *   place of one that has just been deleted; `store_unavailable` after 100 passes.
 */
export function* deleteAllWork(
  statements: MemoryStatements,
  subtree: Subtree<'run' | 'session'>,
  mayBeApplied: boolean,
): SqlWork<readonly DeletedConversation[]> {
  refuseToRepeat(mayBeApplied)
  const deleted = yield* pipeline([
    deletePassagesWork(statements, subtree),
    subtree.level === 'run'
      ? deleteEachWork(statements, [identityIn(subtree, {})], mayBeApplied)
      : deleteSessionWork(statements, subtree, mayBeApplied),
  ])
  return deleted.flat()
}

/** Deletes passages up to the statement that finds none: others may replace those of a batch. */
function* deletePassagesWork(
  { passages }: MemoryStatements,
  subtree: Subtree<'run' | 'session'>,
): SqlWork<readonly never[]> {
  const at = { ...ownerColumns(subtree), limit: MAX_PASSAGES_AT_ONCE }
  while ((yield* changeRows(passages.remove[subtree.level], at)) > 0);
  return []
}

/**
 * Deletes the conversations of a session. Makes passes until none is left: others may begin
 * conversations meanwhile, and in one step with a turn of one that the first pass removes.
 */
function* deleteSessionWork(
  statements: MemoryStatements,
  subtree: Subtree<'run' | 'session'>,
  mayBeApplied: boolean,
): SqlWork<readonly DeletedConversation[]> {
  const deleted: DeletedConversation[] = []
  const visited = new Set<string>()
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    const found = yield* selectRows(statements.subtrees.findInSession, ownerColumns(subtree))
    // What was deleted does not come back before the commit.
    const identities = found
      .map((row) => identityIn(subtree, row))
      .filter(({ runId }) => !visited.has(runId))
    if (identities.length === 0) return deleted
    for (const { runId } of identities) visited.add(runId)
    deleted.push(...(yield* deleteEachWork(statements, identities, mayBeApplied)))
  }
  throw new HarborageError(
    'store_unavailable',
    `others began new conversations during each of ${MAX_PASSES} passes of a deletion: nothing was deleted, call again`,
  )
}

/** Deletes conversations in their order, and returns those that there were. */
export function* deleteEachWork(
  statements: MemoryStatements,
  identities: readonly Required<RunIdentity>[],
  mayBeApplied: boolean,
): SqlWork<readonly DeletedConversation[]> {
  refuseToRepeat(mayBeApplied)
  const deleted = yield* pipeline(
    identities.map((identity) =>
      changeWork(statements, identity, readSet, deletionOf(identity), mayBeApplied),
    ),
  )
  return deleted.flat()
}

/** Returns the identity of a conversation by its columns and the root of its subtree. */
export function identityIn(
  { tenantId, userId, sessionId, runId }: Required<RunIdentity>,
  found: FoundColumns,
): Required<RunIdentity> {
  return {
    tenantId,
    userId: found.user_id ?? userId,
    sessionId: found.session_id ?? sessionId,
    runId: found.run_id ?? runId,
  }
}

function deletionOf(
  identity: Required<RunIdentity>,
): (held: HeldMemory) => MemoryChange<readonly DeletedConversation[]> {
  return (held) => ({
    result: held.exists ? [{ identity, health: healthOf(held) }] : [],
    erase: true,
  })
}
