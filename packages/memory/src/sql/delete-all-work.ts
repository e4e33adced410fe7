import { HarborageError, type RunIdentity, type Subtree } from '@harborage/core'
import { pipeline, refuseToRepeat, selectRows, type SqlWork } from '@harborage/core/sql'
import { healthOf } from '../internal/decide-replacement.ts'
import type { DeletedConversation, HeldMemory, MemoryChange, ReadSet } from '../memory-driver.ts'
import { changeWork } from './change-work.ts'
import { ownerColumns } from './rows.ts'
import type { MemoryStatements } from './statements.ts'
import type { FoundColumns } from './subtree-statements.ts'

/** The largest number of passes while others keep beginning conversations. */
const MAX_PASSES = 100

const readSet: ReadSet = { replaces: true }

/**
 * Deletes the conversation of a run, or those of a session and all its runs, and returns those that
 * there were. Makes passes until none is left: others may begin conversations meanwhile, and in one
 * step with a turn of a conversation that the first pass removes.
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
  if (subtree.level === 'run') {
    return yield* deleteEachWork(statements, [identityIn(subtree, {})], mayBeApplied)
  }
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
