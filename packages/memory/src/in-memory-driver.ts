import type { EventId, RunIdentity, Subtree } from '@harborage/core'
import {
  compareOwners,
  directoryOf,
  inMemorySide,
  inPart,
  isWithin,
  type DirectoryPage,
  type NamedPart,
  type PartResult,
  type StagedParts,
  type StepSide,
} from '@harborage/core/kit'
import { compareTurnIds } from './compare-turn-ids.ts'
import { InMemoryPassages } from './in-memory-passages.ts'
import { conversationKey, identityOfKey } from './internal/conversation-key.ts'
import {
  REMOVED_POSITION,
  type Conversation,
  type DatedHeader,
  type DeleteBatch,
  type DeletedBatch,
  type DeletedConversation,
  type DumpedConversation,
  type ForgottenTurnIds,
  type HeadersPage,
  type HeldMemory,
  type KeptTurn,
  type MemoryChange,
  type MemoryDriver,
  type MemoryHeader,
  type MemoryPart,
  type ReadSet,
  type RememberedTurnId,
} from './memory-driver.ts'
import type { PassageDriver } from './passage-driver.ts'

/**
 * Keeps conversations in the memory of one process, without durability. It is the default driver,
 * and the reference that the conformance suite compares every other driver with.
 */
export class InMemoryMemoryDriver implements MemoryDriver {
  readonly #conversations = new Map<string, Kept>()
  readonly #passages = new InMemoryPassages()
  readonly passages: PassageDriver = this.#passages
  readonly steps: StepSide<MemoryPart, unknown> = inMemorySide((parts) => this.#stage(parts))

  async read(identity: Required<RunIdentity>): Promise<Conversation> {
    const kept = this.#conversations.get(conversationKey(identity))
    if (kept === undefined) return { header: undefined, summary: '', turns: [] }
    const { header, summary, turns } = kept
    // A copy: the array is changed in place, while the caller may still read it.
    return { header, summary, turns: [...turns] }
  }

  async readHeader(identity: Required<RunIdentity>): Promise<MemoryHeader | undefined> {
    return this.#conversations.get(conversationKey(identity))?.header
  }

  async change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    const key = conversationKey(identity)
    const kept = this.#conversations.get(key)
    const change = decide(heldOf(kept, readSet))
    this.#set(key, changed(kept, change))
    return change.result
  }

  async deleteAll(subtree: Subtree<'run' | 'session'>): Promise<readonly DeletedConversation[]> {
    this.#passages.deleteWithin(subtree)
    return this.#identitiesWithin(subtree).map((identity) => this.#delete(identity))
  }

  async deleteBatch({ subtree, after, limit }: DeleteBatch): Promise<DeletedBatch> {
    const left = this.#identitiesWithin(subtree)
      .filter((identity) => after === undefined || compareOwners(identity, after) > 0)
      .toSorted(compareOwners)
    const deleted: DeletedConversation[] = []
    let rows = 0
    for (const identity of left) {
      rows += rowsOf(this.#conversations.get(conversationKey(identity)))
      deleted.push(this.#delete(identity))
      if (rows >= limit) break
    }
    const isLast = deleted.length === left.length
    return { deleted, last: isLast ? undefined : deleted.at(-1)?.identity }
  }

  async countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number> {
    return this.#identitiesWithin(subtree).length
  }

  async directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    return directoryOf([...this.#conversations.keys()].map(identityOfKey), page)
  }

  async conversationsPage(
    after: Required<RunIdentity> | undefined,
    limit: number,
  ): Promise<readonly Required<RunIdentity>[]> {
    return [...this.#conversations.keys()]
      .map(identityOfKey)
      .filter((identity) => after === undefined || compareOwners(identity, after) > 0)
      .toSorted(compareOwners)
      .slice(0, limit)
  }

  async headersPage({ subtree, after, limit }: HeadersPage): Promise<readonly DatedHeader[]> {
    return this.#identitiesWithin(subtree)
      .filter((identity) => after === undefined || compareOwners(identity, after) > 0)
      .toSorted(compareOwners)
      .slice(0, limit)
      .flatMap((identity) => {
        const kept = this.#conversations.get(conversationKey(identity))
        return kept ? [{ identity, header: kept.header, changedAt: kept.changedAt }] : []
      })
  }

  async dump(identity: Required<RunIdentity>): Promise<DumpedConversation | undefined> {
    const kept = this.#conversations.get(conversationKey(identity))
    if (kept === undefined) return undefined
    const { header, summary, turns, turnIds } = kept
    const { tenantId, userId, sessionId, runId } = identity
    return {
      identity: { tenantId, userId, sessionId, runId },
      header,
      summary,
      turns: [...turns],
      turnIds: [...turnIds.values()].toSorted(compareTurnIds),
    }
  }

  async close(): Promise<void> {
    this.#conversations.clear()
  }

  #stage(parts: readonly NamedPart<MemoryPart>[]): StagedParts<unknown> {
    const results = new Map<NamedPart<MemoryPart>, PartResult<unknown>>()
    const applies: (() => void)[] = []
    const byKey = Map.groupBy(parts, ({ payload }) => conversationKey(payload.identity))
    for (const [key, ofOne] of byKey) {
      const live = this.#conversations.get(key)
      // A change replaces parts in place, so only the last one may be about what is kept.
      let kept = ofOne.length === 1 ? live : copyOf(live)
      for (const part of ofOne) {
        const { readSet, decide } = part.payload
        const change = inPart(part.name, () => decide(heldOf(kept, readSet)))
        const isWritten = change.header !== undefined || change.erase === true
        results.set(part, { result: change.result, effect: isWritten ? 'writes' : 'nothing' })
        if (ofOne.length === 1) applies.push(() => this.#set(key, changed(live, change)))
        else kept = changed(kept, change)
      }
      if (ofOne.length > 1) applies.push(() => this.#set(key, kept))
    }
    return {
      results: parts.flatMap((part) => results.get(part) ?? []),
      apply: () => {
        for (const apply of applies) apply()
      },
    }
  }

  #set(key: string, kept: Kept | undefined): void {
    if (kept === undefined) this.#conversations.delete(key)
    else this.#conversations.set(key, kept)
  }

  #identitiesWithin(subtree: Subtree): Required<RunIdentity>[] {
    const identities = [...this.#conversations.keys()].map(identityOfKey)
    return identities.filter((identity) => isWithin(identity, subtree))
  }

  #delete(identity: Required<RunIdentity>): DeletedConversation {
    const key = conversationKey(identity)
    const health = this.#conversations.get(key)?.header.health ?? 'healthy'
    this.#conversations.delete(key)
    return { identity, health }
  }
}

interface Kept {
  readonly header: MemoryHeader
  /** When the header was written last, in milliseconds since 1970. */
  readonly changedAt: number
  readonly summary: string
  /** Oldest first. */
  readonly turns: KeptTurn[]
  /** In the order in which they were remembered. */
  readonly turnIds: Map<EventId, RememberedTurnId>
}

/**
 * The largest number of ids that one change removes or moves. It is more than a change adds, so
 * that none pile up.
 */
const MAX_FORGOTTEN = 4

const noTurns = (): number => 0

/** Returns the number of the parts of a conversation, by which a batch is bounded. */
function rowsOf(kept: Kept | undefined): number {
  return kept === undefined ? 0 : 1 + kept.turns.length + kept.turnIds.size
}

/** Returns the parts of a conversation that a read set selects. */
function heldOf(
  kept: Kept | undefined,
  { oldestTurns = noTurns, summary: wantsSummary = false, turnId }: ReadSet,
): HeldMemory {
  return {
    header: kept?.header,
    changedAt: kept?.changedAt,
    exists: kept !== undefined,
    summary: wantsSummary ? (kept?.summary ?? '') : '',
    oldest: kept?.turns.slice(0, oldestTurns(kept.header)) ?? [],
    remembered: turnId === undefined ? undefined : kept?.turnIds.get(turnId),
    mayBeApplied: false,
  }
}

function copyOf(kept: Kept | undefined): Kept | undefined {
  return kept && { ...kept, turns: [...kept.turns], turnIds: new Map(kept.turnIds) }
}

/** Returns a conversation after a change, which replaces its turns and ids in place. */
function changed(
  kept: Kept | undefined,
  {
    header,
    erase = false,
    summary = kept?.summary ?? '',
    append = [],
    ...change
  }: MemoryChange<unknown>,
): Kept | undefined {
  if (erase) return undefined
  if (header === undefined) return kept
  const turns = kept?.turns ?? []
  const turnIds = kept?.turnIds ?? new Map<EventId, RememberedTurnId>()
  if (change.removeThrough !== undefined) removeTurns(turns, change.removeThrough)
  for (const position of change.removeAt ?? []) removeTurn(turns, position)
  for (const turn of append) turns.push(turn)
  for (const remembered of change.remember ?? []) {
    const held = turnIds.get(remembered.turnId)
    if (held !== undefined && isOfRemovedTurn(held, remembered.lineage)) continue
    turnIds.delete(remembered.turnId)
    turnIds.set(remembered.turnId, remembered)
  }
  if (change.forget !== undefined) forgetTurnIds(turnIds, change.forget)
  return { header, changedAt: Date.now(), summary, turns, turnIds }
}

function removeTurns(turns: KeptTurn[], through: number): void {
  const firstKept = turns.findIndex(({ position }) => position > through)
  turns.splice(0, firstKept === -1 ? turns.length : firstKept)
}

function removeTurn(turns: KeptTurn[], position: number): void {
  const index = turns.findIndex((turn) => turn.position === position)
  if (index !== -1) turns.splice(index, 1)
}

function isOfRemovedTurn({ position, lineage }: RememberedTurnId, current: number): boolean {
  return position === REMOVED_POSITION && lineage === current
}

function forgetTurnIds(
  turnIds: Map<EventId, RememberedTurnId>,
  { lineage, through, before }: ForgottenTurnIds,
): void {
  let seen = 0
  for (const [turnId, held] of turnIds) {
    const isOver = held.lineage !== lineage || (held.position <= through && held.at < before)
    const staysForGood = isOfRemovedTurn(held, lineage)
    if ((!isOver && !staysForGood) || seen === MAX_FORGOTTEN) return
    turnIds.delete(turnId)
    // At the end it is not in the way of ids that are to be forgotten.
    if (staysForGood) turnIds.set(turnId, held)
    seen += 1
  }
}
