import { scopeParts, type FullScope } from './fresh-scope.ts'

/** What names where an artifact is kept. */
export type PlacePart = (typeof scopeParts)[number] | 'namespace'

/** Where an artifact is kept. */
export interface Place {
  readonly scope: FullScope
  readonly namespace: string
}

export const placeParts: readonly PlacePart[] = [...scopeParts, 'namespace']

/** A place that no other case uses, whichever part the text is. */
export function placeNamed(part: PlacePart, text: string, base: FullScope): Place {
  if (part === 'namespace') return { scope: base, namespace: text }
  if (part !== 'tenantId') return { scope: { ...base, [part]: text }, namespace: 'n' }
  // The tenant was what no other case uses; now the user has to be.
  return { scope: { ...base, userId: base.tenantId, tenantId: text }, namespace: 'n' }
}
