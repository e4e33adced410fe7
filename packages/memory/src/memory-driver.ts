import type { EventId, RunIdentity, Subtree } from '@harborage/core'
import type { DirectoryPage, StepSide } from '@harborage/core/kit'
import type { Strategy } from './conversation.ts'
import type { Health } from './health.ts'
import type { PassageDriver } from './passage-driver.ts'

/** A stored turn. */
export interface KeptTurn {
  /** Its position in the conversation, which grows with every added turn. */
  readonly position: number
  /** The estimated tokens of the turn. */
  readonly tokens: number
  /** The turn as JSON. */
  readonly text: string
}

/**
 * The header of a conversation: what the store knows of it besides its turns and its summary. It
 * has a bounded size.
 */
export interface MemoryHeader {
  /** The strategy under which the conversation is stored. */
  readonly strategy: Strategy
  /** The position of the next turn. */
  readonly nextPosition: number
  /** The number of stored turns. */
  readonly turns: number
  /** The sum of the tokens of the stored turns. */
  readonly tokens: number
  /** The ids of the most recently added turns, newest first; at most `SNAPSHOT_TURN_IDS`. */
  readonly turnIds: readonly EventId[]
  /** The state of the summarization. */
  readonly health: Health
  /** The number of failed summarizations since the last successful one. */
  readonly failures: number
  /**
   * The id of the claim of the fold in progress, if there is one. A fold whose claim is no longer
   * here has no effect.
   */
  readonly foldClaimId: string | undefined
  /**
   * The id of the fold or the restore that was applied last. A repeated one whose answer was lost
   * is recognized by it.
   */
  readonly lastAppliedId: string | undefined
  /**
   * A random number of at most 48 bits that identifies the conversation since it began or was
   * restored. 0 if an earlier release, which has no such number, wrote the header last.
   */
  readonly lineage: number
}

/**
 * The position with which the id of a removed turn is remembered. It is above that of every turn,
 * so such an id is never too old.
 */
export const REMOVED_POSITION: number = Number.MAX_SAFE_INTEGER

/** The remembered id of an added turn, with the data that decides when it is forgotten. */
export interface RememberedTurnId {
  readonly turnId: EventId
  /** The position of the turn, or {@link REMOVED_POSITION} if the turn was removed by its id. */
  readonly position: number
  /** When it was added, in milliseconds since 1970, by the clock of the process that added it. */
  readonly at: number
  /**
   * The lineage of the conversation at that time. In a conversation of another lineage the id is
   * ignored.
   */
  readonly lineage: number
}

/**
 * The remembered ids that are no longer needed: those of another lineage, and those that meet both
 * limits.
 */
export interface ForgottenTurnIds {
  /** The lineage of the conversation. Ids of any other are not needed. */
  readonly lineage: number
  /** The first limit: the largest position of a turn whose id is not needed. */
  readonly through: number
  /** The second limit: ids of turns added before this time, in milliseconds since 1970. */
  readonly before: number
}

/** What a change needs to read of a conversation besides its header. */
export interface ReadSet {
  /** Returns how many of the oldest turns to read, given the header. Default: none. */
  readonly oldestTurns?: (header: MemoryHeader | undefined) => number
  /** Whether to read the summary. Default: `false`. */
  readonly summary?: boolean
  /** The id of a turn to look up among the remembered ids. Default: none. */
  readonly turnId?: EventId
  /**
   * Whether a damaged header is treated as absent, because the change replaces it. Default:
   * `false`.
   */
  readonly replaces?: boolean
}

/** The parts of a conversation that a {@link ReadSet} selects. */
export interface HeldMemory {
  /** `undefined` if there is no conversation. */
  readonly header: MemoryHeader | undefined
  /**
   * When the header was written last, in milliseconds since 1970, by the clock of the process that
   * wrote it. `prune` needs it; a change of another kind may leave it `undefined`.
   */
  readonly changedAt?: number | undefined
  /** `''` if the read set does not select it. */
  readonly summary: string
  /**
   * Whether there is a conversation. Its header is `undefined` nevertheless if it is damaged and
   * the change replaces it.
   */
  readonly exists: boolean
  /** The oldest turns, in their order. */
  readonly oldest: readonly KeptTurn[]
  /** The remembered turn id, or `undefined` if it is not remembered or was not selected. */
  readonly remembered: RememberedTurnId | undefined
  /**
   * Whether an earlier attempt of this change may have been applied because its answer was lost.
   */
  readonly mayBeApplied: boolean
}

/**
 * A change of a conversation. Parts that are left out stay as they are. Without `header` and
 * without `erase`, nothing is changed.
 */
export interface MemoryChange<Result> {
  /** The result of the call of {@link MemoryDriver.change}. */
  readonly result: Result
  /** Replaces the header. */
  readonly header?: MemoryHeader
  /** Replaces the summary. */
  readonly summary?: string
  /** Adds turns after the stored ones. */
  readonly append?: readonly KeptTurn[]
  /** Removes every turn up to and including this position, before any is appended. */
  readonly removeThrough?: number
  /** Removes the turns at these positions, before any is appended. */
  readonly removeAt?: readonly number[]
  /**
   * Remembers the ids of turns. Each replaces an entry with the same id, unless that one has
   * {@link REMOVED_POSITION} and the same lineage: it stays.
   */
  readonly remember?: readonly RememberedTurnId[]
  /**
   * The remembered ids that a driver may remove, now or with a later change. All others have to
   * stay.
   */
  readonly forget?: ForgottenTurnIds
  /**
   * Removes the header, the summary, the turns and the ids. The other parts of the change are
   * ignored.
   */
  readonly erase?: boolean
}

/** A stored conversation at one instant. */
export interface Conversation {
  /** `undefined` if there is no conversation. */
  readonly header: MemoryHeader | undefined
  /** The running summary; `''` if there is none. */
  readonly summary: string
  /** Oldest first. */
  readonly turns: readonly KeptTurn[]
}

/** A conversation as `MemoryStore.dump` returns it, with all that its later calls depend on. */
export interface DumpedConversation extends Conversation {
  readonly identity: Required<RunIdentity>
  readonly header: MemoryHeader
  /**
   * The turn ids that are remembered besides those of the header, in the order of
   * `compareTurnIds`.
   */
  readonly turnIds: readonly RememberedTurnId[]
}

/**
 * A change of one conversation as a part of a step: the parameters of {@link MemoryDriver.change}.
 */
export interface MemoryPart {
  readonly identity: Required<RunIdentity>
  readonly readSet: ReadSet
  /** Throws a `HarborageError` if the step must not be applied. */
  readonly decide: (held: HeldMemory) => MemoryChange<unknown>
}

/** A conversation that was deleted together with others. */
export interface DeletedConversation {
  readonly identity: Required<RunIdentity>
  /** Its health, or `healthy` if its header was damaged. */
  readonly health: Health
}

/** The parameters of {@link MemoryDriver.headersPage}. */
export interface HeadersPage {
  readonly subtree: Subtree
  /** The conversation after which the page begins. Default: with the first one. */
  readonly after: Required<RunIdentity> | undefined
  /** The largest number of headers. */
  readonly limit: number
}

/** The header of a conversation, with its date. */
export interface DatedHeader {
  readonly identity: Required<RunIdentity>
  /** `undefined` if it is damaged. */
  readonly header: MemoryHeader | undefined
  /** When it was written last, as in {@link HeldMemory}. */
  readonly changedAt: number
}

/** The parameters of {@link MemoryDriver.deleteBatch}. */
export interface DeleteBatch {
  readonly subtree: Subtree<'user' | 'tenant'>
  /** The `last` of the previous batch, or `undefined` for the first batch. */
  readonly after: Required<RunIdentity> | undefined
  /**
   * The number of headers, turns and remembered ids with which the batch ends. It may have more,
   * since a conversation is deleted as a whole.
   */
  readonly limit: number
}

/** The answer of {@link MemoryDriver.deleteBatch}. */
export interface DeletedBatch {
  readonly deleted: readonly DeletedConversation[]
  /**
   * Where the batch ended, in an order of the driver's own; `undefined` if it was the last one.
   * Conversations before this place are not visited again.
   */
  readonly last: Required<RunIdentity> | undefined
}

/**
 * The storage backend of a `MemoryStore`: it stores conversations and changes them atomically. The
 * store checks all identities first, and makes every decision about turns, summaries and health.
 * Throw failures as `HarborageError` of `@harborage/core`.
 *
 * Test a driver with `memoryConformance` of `@harborage/conformance/memory`.
 */
export interface MemoryDriver {
  /** Resolves to the conversation, read at one instant. */
  read(identity: Required<RunIdentity>): Promise<Conversation>
  /** Resolves to the header of the conversation, or `undefined` if there is none. */
  readHeader(identity: Required<RunIdentity>): Promise<MemoryHeader | undefined>
  /**
   * Reads the parts of the conversation that `readSet` selects, calls `decide` with them, and
   * applies the change that it returns, all in one atomic step. `decide` and the functions of
   * `readSet` do no I/O, and a driver may call them several times.
   *
   * @returns The `result` of the applied change.
   * @throws `store_unavailable` if the header is damaged, unless the change replaces it.
   */
  change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result>
  /**
   * Deletes the conversation of the run, or those of the session and all its runs, in one atomic
   * step. Leaves nothing of them, as a change with `erase` does. A concurrent change takes effect
   * as a whole before it or after it. The passages of the run or the session go in the same step.
   */
  deleteAll(subtree: Subtree<'run' | 'session'>): Promise<readonly DeletedConversation[]>
  /** Deletes the next conversations of a user or a tenant in one atomic step. */
  deleteBatch(batch: DeleteBatch): Promise<DeletedBatch>
  /** Returns the number of conversations of the subtree. */
  countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number>
  /**
   * Returns the next distinct tenants, users, sessions or runs that have a conversation, ordered by
   * tenant, user, session and run, each by its UTF-8 bytes. Parts that the level does not have are
   * `''`. The conversation of a session itself is of no run.
   */
  directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]>
  /**
   * Returns the identities of the next conversations after one, or of the first ones, ordered as
   * those of {@link directoryPage}. Those of sessions and of runs are in one order. Fewer than
   * `limit` are the last ones.
   */
  conversationsPage(
    after: Required<RunIdentity> | undefined,
    limit: number,
  ): Promise<readonly Required<RunIdentity>[]>
  /**
   * Returns the headers of the next conversations of a subtree, ordered as those of
   * {@link conversationsPage}. It locks none. Fewer than `limit` are the last ones.
   */
  headersPage(page: HeadersPage): Promise<readonly DatedHeader[]>
  /**
   * Resolves to the conversation with all that is remembered of it, or to `undefined` if there is
   * none. A change with these parts, of a conversation that is not there, makes an equal one.
   *
   * @throws `store_unavailable` if the header is damaged.
   */
  dump(identity: Required<RunIdentity>): Promise<DumpedConversation | undefined>
  /**
   * The side that takes part in steps. The result of a part is that of its change. Parts about one
   * conversation are applied in their order. Default: none, and `commitTogether` refuses parts of
   * this driver.
   */
  readonly steps?: StepSide<MemoryPart, unknown> | undefined
  /**
   * Keeps passages. The suite requires it. Default: none, and `MemoryStore.passages` refuses all
   * calls.
   */
  readonly passages?: PassageDriver | undefined
  /** Releases all resources. The store calls it once, when no call is in flight. */
  close(): Promise<void>
}
