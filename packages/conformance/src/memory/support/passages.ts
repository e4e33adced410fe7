import { allOfTenant, type RunIdentity } from '@harborage/core'
import type {
  DumpedPassages,
  FoundPassage,
  MemoryStore,
  NewPassage,
  PassagePlace,
  SearchOptions,
} from '@harborage/memory'
import { collect } from '../../support/collect.ts'
import { maintenance } from './dumps.ts'

/** The collection of most passages. */
export const COLLECTION = 'messages'

/** Returns the user of an identity. */
export function userOf({ tenantId, userId }: RunIdentity): { tenantId: string; userId: string } {
  return { tenantId, userId }
}

/** Returns a passage whose content is its text. Those of larger indexes are newer. */
export function passageOf(text: string, index: number): NewPassage {
  return { text, bytes: new TextEncoder().encode(text), createdAt: new Date(1000 + index) }
}

/** Returns the content of a passage of {@link passageOf}. */
export function textOf({ bytes }: Pick<FoundPassage, 'bytes'>): string {
  return new TextDecoder().decode(bytes)
}

/** Keeps texts as the passages of a session, each newer than the one before. */
export function keep(
  store: MemoryStore,
  identity: RunIdentity,
  said: readonly string[],
  collection: string = COLLECTION,
): Promise<void> {
  return store.passages.replace(identity, collection, said.map(passageOf))
}

/** Resolves to the contents of the passages that are found. */
export async function texts(
  store: MemoryStore,
  subtree: Parameters<MemoryStore['passages']['search']>[0],
  words: string,
  options?: SearchOptions,
): Promise<readonly string[]> {
  return (await store.passages.search(subtree, COLLECTION, words, options)).map(textOf)
}

/** Resolves to all passages of a tenant. */
export function passagesOf(
  store: MemoryStore,
  tenantId: string,
  options: { readonly pageSize?: number; readonly after?: PassagePlace } = {},
): Promise<DumpedPassages[]> {
  const within = allOfTenant({ tenantId })
  return collect(store.passages.dump(maintenance, { ...options, within }))
}
