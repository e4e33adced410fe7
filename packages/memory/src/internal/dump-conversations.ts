import { isDeepStrictEqual } from 'node:util'
import type { RunIdentity } from '@harborage/core'
import type { LoadOutcome } from '@harborage/core/kit'
import type { DumpedConversation, MemoryDriver } from '../memory-driver.ts'
import { dumpEach } from './dump-each.ts'

/** Where a dump goes on. */
export interface ConversationPlace {
  readonly identity: Required<RunIdentity>
  /** Set if that is before the conversation, and not after it. */
  readonly isBefore?: true
}

/**
 * Returns the next conversations in the order of their identities, up to the first that is not
 * inside: those of others are not read. Fewer than `limit` that hold less than 8 MiB are the last
 * ones.
 */
export async function dumpConversations(
  driver: MemoryDriver,
  from: ConversationPlace | undefined,
  limit: number,
  isInside: (place: ConversationPlace) => boolean,
): Promise<readonly DumpedConversation[]> {
  const first = from?.isBefore === true ? await driver.dump(from.identity) : undefined
  return dumpEach({
    ...{ first, after: from?.identity, limit, sizeOf },
    placesPage: (after, count) => driver.conversationsPage(after, count),
    isInside: (identity) => isInside({ identity }),
    dump: (identity) => driver.dump(identity),
  })
}

/** The approximate size of a turn or a turn id without its text. */
const ITEM_BYTES = 64

/** Returns the approximate size of a conversation in memory. */
export function sizeOf({ summary, turns, turnIds }: DumpedConversation): number {
  const items = (turns.length + turnIds.length) * ITEM_BYTES
  return turns.reduce((sum, { text }) => sum + text.length, items + summary.length)
}

/** Stores a conversation of a dump where there is none, or finds what is there. */
export async function loadConversation(
  driver: MemoryDriver,
  { identity, header, summary, turns, turnIds }: DumpedConversation,
): Promise<LoadOutcome> {
  const outcome = await driver.change(identity, {}, ({ exists }) =>
    exists
      ? { result: 'exists' as const }
      : { result: 'loaded' as const, header, summary, append: turns, remember: turnIds },
  )
  if (outcome === 'loaded') return outcome
  const held = await driver.dump(identity)
  const dumped = { identity: { ...identity }, header, summary, turns, turnIds }
  return isDeepStrictEqual(plain(held), plain(dumped)) ? 'unchanged' : 'conflict'
}

/** Returns a conversation as a plain value, in which what is `undefined` is left out. */
function plain(conversation: DumpedConversation | undefined): unknown {
  return JSON.parse(JSON.stringify(conversation ?? null))
}
