import type { SessionHistoryMutation } from '@openai/agents'
import { HarborageError } from '@harborage/core'
import type { Entry, NewEntry } from '@harborage/journal'
import type { Change } from './history.ts'
import { decodeItem, entryOf } from './item-payload.ts'

/**
 * Returns the change that rewrites entries as the mutations say, from the first one on that they
 * change; `undefined` if they change none. Entries that stay as they are keep their ids.
 *
 * @throws `invalid_record` if a mutation is of an unknown type.
 */
export function rewrite(
  sessionId: string,
  entries: readonly Entry[],
  mutations: readonly SessionHistoryMutation[],
): Change | undefined {
  const rewritten = mutations.reduce(
    (items, mutation) => mutated(sessionId, items, mutation),
    entries as readonly NewEntry[],
  )
  const first = entries.findIndex((entry, index) => entry !== rewritten[index])
  const changed = entries[first]
  return changed && { position: changed.position - 1, entries: rewritten.slice(first) }
}

/** Puts the replacement in the place of the first call with the id, and drops the others. */
function mutated(
  sessionId: string,
  entries: readonly NewEntry[],
  mutation: SessionHistoryMutation,
): readonly NewEntry[] {
  const type: unknown = mutation.type
  if (type !== 'replace_function_call') {
    throw new HarborageError(
      'invalid_record',
      'a history mutation is of an unknown type: update @harborage/openai-agents',
    )
  }
  const { callId, replacement } = mutation
  let isReplaced = false
  return entries.flatMap((entry) => {
    const { item } = decodeItem(entry)
    if (item.type !== 'function_call' || item.callId !== callId) return [entry]
    if (isReplaced) return []
    isReplaced = true
    return [entryOf(sessionId, replacement)]
  })
}
