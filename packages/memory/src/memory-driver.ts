import type { EventId, RunIdentity } from '@harborage/core'
import type { Strategy } from './conversation.ts'
import type { Health } from './health.ts'

/** A turn as it is kept. */
export interface KeptTurn {
  /** Grows with every turn that is added: the order of a conversation. */
  readonly position: number
  /** What the estimator of the store counted for the turn. */
  readonly tokens: number
  /** The turn as JSON. */
  readonly text: string
}

/** The bookkeeping of a conversation: small, and of bounded size. */
export interface MemoryHeader {
  readonly strategy: Strategy
  /** The position of the turn that is added next. */
  readonly nextPosition: number
  /** The number of turns that are kept. */
  readonly turns: number
  /** The sum of the tokens of the turns that are kept. */
  readonly tokens: number
  /** The ids of the turns that were added last, newest first. */
  readonly turnIds: readonly EventId[]
  readonly health: Health
  /** How many summarisations have failed since the last one that succeeded. */
  readonly failures: number
  /** Names the folding that is under way, if one is; each has a name of its own. One that is no longer named is void. */
  readonly folder: string | undefined
  /** Names the folding or the restore that ended last, so that one whose answer was lost finds out that it did. */
  readonly ended: string | undefined
  /**
   * Names what the conversation is from its beginning, or from a restore, on: a random number of at most 48 bits. 0 if
   * an earlier release wrote the bookkeeping last, which knows no such number.
   */
  readonly lineage: number
}

/** The id of a turn that was added, and by what it is decided when it is forgotten. */
export interface RememberedTurnId {
  readonly turnId: EventId
  /** The position of the turn. */
  readonly position: number
  /** When it was added, in milliseconds since 1970, by the clock of the process that did it. */
  readonly at: number
  /** That of the conversation by then. In a conversation of another lineage the id counts for nothing. */
  readonly lineage: number
}

/** Which remembered ids nobody asks for any more. */
export interface ForgottenTurnIds {
  /** Those of any other lineage, */
  readonly lineage: number
  /** and those of this one whose position is not above `through` and that were added before `before`. */
  readonly through: number
  /** In milliseconds since 1970. */
  readonly before: number
}

/** What a change wants to see of a conversation besides its bookkeeping. */
export interface Look {
  /** How many of the oldest turns, by what the bookkeeping says. Default: none. */
  readonly oldestTurns?: (header: MemoryHeader | undefined) => number
  /** Whether it wants to see the summary. Default: `false`. */
  readonly summary?: boolean
  /** The id of a turn, to see what is remembered of it. Default: none. */
  readonly turnId?: EventId
  /** Whether bookkeeping that is damaged counts as none, because the change replaces all of it. Default: `false`. */
  readonly replaces?: boolean
}

/** What a conversation holds, as far as a change wants to see it. */
export interface HeldMemory {
  readonly header: MemoryHeader | undefined
  /** `''` unless it was asked for. */
  readonly summary: string
  /** The oldest turns, as many as were asked for. */
  readonly oldest: readonly KeptTurn[]
  /** What is remembered of the turn id that was asked for; `undefined` if nothing is, or none was. */
  readonly remembered: RememberedTurnId | undefined
  /** Whether an earlier run of this very change may have been applied, because its answer was lost. */
  readonly mayBeApplied: boolean
}

/**
 * What a change does. What it leaves out stays as it is, and without a header nothing is changed, unless everything is
 * erased.
 */
export interface MemoryChange<Result> {
  readonly result: Result
  /** Replaces the bookkeeping. */
  readonly header?: MemoryHeader
  /** Replaces the summary. */
  readonly summary?: string
  /** Adds turns after those that are kept. */
  readonly append?: readonly KeptTurn[]
  /** Removes every turn up to this position, before anything is appended. */
  readonly removeThrough?: number
  /** Remembers the ids of turns, each in the place of what was remembered of the same id. */
  readonly remember?: readonly RememberedTurnId[]
  /** Ids that a driver may remove, at once or at some later change; any other has to stay. */
  readonly forget?: ForgottenTurnIds
  /** Removes everything: the bookkeeping, the summary, the turns and the ids. The rest of the change counts for nothing. */
  readonly erase?: boolean
}

/** All that is kept of a conversation, oldest turn first, read at one instant. */
export interface Conversation {
  readonly header: MemoryHeader | undefined
  readonly summary: string
  readonly turns: readonly KeptTurn[]
}

/**
 * What the memory store needs of a backend: rows, and one way to change them atomically. Identities were checked; what is
 * decided about turns, summaries and health is decided above.
 *
 * Prove a driver with `memoryConformance` of `@harborage/conformance/memory`.
 */
export interface MemoryDriver {
  /** Resolves to all that is kept of the conversation, read at one instant. */
  read(identity: Required<RunIdentity>): Promise<Conversation>
  /** Resolves to the bookkeeping of the conversation, or `undefined` if there is none. */
  readHeader(identity: Required<RunIdentity>): Promise<MemoryHeader | undefined>
  /**
   * Shows `decide` what the conversation holds, as far as `look` asks for it, and applies what it answers, all or
   * nothing, with nobody in between. The functions do no I/O and may be called several times.
   *
   * @throws `store_unavailable` if the bookkeeping is damaged, unless the change replaces it.
   */
  change<Result>(
    identity: Required<RunIdentity>,
    look: Look,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result>
  /** Called once, when no call is in flight. */
  close(): Promise<void>
}
