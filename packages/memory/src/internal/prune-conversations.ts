import {
  allOfUser,
  type EventId,
  type PruneOptions,
  type PruneResult,
  type RunIdentity,
  type Subtree,
} from '@harborage/core'
import {
  checkPrune,
  compareOwners,
  KnownNames,
  prune,
  pruneOptionNames,
  requirePruneRule,
  type CheckedPrune,
} from '@harborage/core/kit'
import type {
  DeletedConversation,
  HeldMemory,
  MemoryChange,
  MemoryDriver,
} from '../memory-driver.ts'
import { checkPlace } from './check-dumped-conversation.ts'
import { healthOf } from './decide-replacement.ts'
import { replayable } from './replayable.ts'

const names = new KnownNames('options', pruneOptionNames)

/** Where a `prune` of conversations goes on. */
export interface ConversationName {
  readonly identity: Required<RunIdentity>
}

/** Checks the arguments of a `prune` of conversations. */
export function checkMemoryPrune(
  subtree: Subtree,
  options: PruneOptions<ConversationName> | undefined,
): CheckedPrune<ConversationName> {
  const ownerOf = ({ identity }: ConversationName) => identity
  const checked = checkPrune(subtree, options, { names, checkPlace, ownerOf })
  requirePruneRule(checked)
  return checked
}

/** A conversation as a `prune` examines it. */
interface PrunableConversation extends ConversationName {
  /** Its newest turn; `undefined` if it has none. */
  readonly newest: EventId | undefined
  /** When it was changed last. Not valid if its header is damaged: such a conversation stays. */
  readonly updatedAt: Date
}

/**
 * Removes the conversations of a subtree that the rules name.
 *
 * @param ended Called with those that were removed.
 */
export function pruneConversations(
  driver: MemoryDriver,
  checked: CheckedPrune<ConversationName>,
  ended: (removed: readonly DeletedConversation[]) => number,
): Promise<PruneResult> {
  return prune<PrunableConversation, ConversationName>(
    {
      examine: (after, limit) => pageOf(driver, checked.subtree, after?.identity, limit),
      remove: async (conversations) => {
        const removed = await Promise.all(conversations.map((each) => removeOld(driver, each)))
        return ended(removed.flat())
      },
      placeOf: ({ identity }) => ({ identity: { ...identity } }),
      verdictOf: ({ updatedAt }) => (Number.isNaN(updatedAt.getTime()) ? 'kept' : undefined),
      ownerOf: ({ identity: { tenantId, userId } }) => JSON.stringify([tenantId, userId]),
      ofOwner: ({ identity: { tenantId, userId } }, after, limit) =>
        pageOf(driver, allOfUser({ tenantId, userId }), after?.identity, limit),
      compare: (left, right) => compareOwners(left.identity, right.identity),
    },
    checked,
  )
}

/** Reads the next conversations. A page of fewer than `limit` is the last one. */
async function pageOf(
  driver: MemoryDriver,
  subtree: Subtree,
  after: Required<RunIdentity> | undefined,
  limit: number,
): Promise<readonly PrunableConversation[]> {
  const found = await driver.headersPage({ subtree, after, limit })
  return found.map(({ identity, header, changedAt }) => ({
    identity,
    newest: header?.turnIds[0],
    updatedAt: new Date(header === undefined ? Number.NaN : changedAt),
  }))
}

/** Removes a conversation unless it was changed since it was examined. */
function removeOld(
  driver: MemoryDriver,
  { identity, newest, updatedAt }: PrunableConversation,
): Promise<readonly DeletedConversation[]> {
  const decide = (held: HeldMemory): MemoryChange<readonly DeletedConversation[]> => {
    const isSame = held.header?.turnIds[0] === newest && held.changedAt === updatedAt.getTime()
    return isSame ? { result: [{ identity, health: healthOf(held) }], erase: true } : { result: [] }
  }
  const wasApplied = ({ exists }: HeldMemory): boolean => !exists
  return driver.change(identity, {}, replayable(decide, wasApplied))
}
