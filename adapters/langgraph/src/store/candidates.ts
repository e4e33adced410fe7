import type { ItemCall } from './item-call.ts'

/** The order of the items that a search returns, by their `createdAt`. */
export type SearchOrder = 'oldest-first' | 'newest-first'

/** An item that a search may return. The item itself was not read yet. */
export interface Candidate {
  readonly kind: string
  /** The size of its payload in bytes. */
  readonly size: number
}

/** How many keys are read at a time. */
const PAGE_SIZE = 1000

/**
 * Resolves to the items whose kinds begin with a prefix, by their `createdAt`. Those of one moment
 * are ordered by kind. Reads no payload.
 */
export async function candidatesByDate(
  { state, owner, options }: ItemCall,
  prefix: string,
  order: SearchOrder,
): Promise<readonly Candidate[]> {
  const dated: (Candidate & { readonly createdAt: number })[] = []
  for await (const key of state.listKeys(owner, prefix, { pageSize: PAGE_SIZE, ...options })) {
    dated.push({ kind: key.kind, size: key.size, createdAt: key.createdAt.getTime() })
  }
  const sign = order === 'oldest-first' ? 1 : -1
  // The sort is stable, and the keys are in the order of their kinds.
  return dated.sort((left, right) => sign * (left.createdAt - right.createdAt))
}
