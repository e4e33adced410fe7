import { parseEventId, type Identity } from '@harborage/core'
import type { AppendedEntry, JournalStore, NewEntry } from '@harborage/journal'
import { collect } from '../../support/collect.ts'
import { bytesOf, textOf } from '../../support/text-bytes.ts'

/** A call of a history, in a form that can be sent to another process. */
export type JournalCall =
  | {
      readonly do: 'append'
      readonly stream: string
      readonly ids: readonly string[]
      readonly ifPosition?: number
    }
  | {
      readonly do: 'replaceAfter'
      readonly stream: string
      readonly position: number
      readonly ids: readonly string[]
      readonly operationId: string
      readonly ifPosition: number
    }
  | { readonly do: 'read'; readonly stream: string }
  | { readonly do: 'position'; readonly stream: string }
  | { readonly do: 'trim'; readonly stream: string; readonly before: number }
  | { readonly do: 'delete'; readonly stream: string }

/** Makes a call and resolves to its answer as a text. */
export async function makeJournalCall(
  store: JournalStore,
  tenantId: string,
  call: JournalCall,
): Promise<string> {
  const owner: Identity = { tenantId, userId: 'ann', sessionId: 'first' }
  const { stream } = call
  switch (call.do) {
    case 'append': {
      const { ifPosition } = call
      const condition = ifPosition === undefined ? {} : { ifPosition }
      const { entries } = await store.append(owner, stream, call.ids.map(entryOf), condition)
      return answerOfAppend(entries)
    }
    case 'replaceAfter': {
      const { position, ifPosition } = call
      const entries = call.ids.map(entryOf)
      const operationId = parseEventId(call.operationId)
      const replacement = { owner, stream, position, entries, operationId, ifPosition }
      await store.replaceAfter(replacement)
      return 'replaced'
    }
    case 'read': {
      const entries = await collect(store.read(owner, stream))
      return answerOfRead(
        entries.map(({ position, bytes }) => ({ position, id: textOf(bytes).slice(3) })),
      )
    }
    case 'position':
      return String((await store.head(owner, stream))?.position ?? 0)
    case 'trim':
      return `${await store.trim(owner, stream, { before: call.before })} dropped`
    case 'delete':
      return String(await store.delete(owner, stream))
  }
}

/** Returns the answer of an append as a text. */
export function answerOfAppend(entries: readonly AppendedEntry[]): string {
  return entries.map(({ position, outcome }) => `${outcome} at ${position}`).join()
}

/** Returns the answer of a read as a text. */
export function answerOfRead(
  entries: readonly { readonly position: number; readonly id: string }[],
): string {
  return entries.map(({ position, id }) => `${position} ${id}`).join()
}

/** Returns the entry with an id. */
export function entryOf(id: string): NewEntry {
  return { entryId: parseEventId(id), bytes: bytesOf(`by ${id}`) }
}
