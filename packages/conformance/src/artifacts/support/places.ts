import { scopeParts, type FullScope } from './fresh-scope.ts'

/** A part of the place where an artifact is stored. */
export type PlacePart = (typeof scopeParts)[number] | 'namespace'

/** The place where an artifact is stored. */
export interface Place {
  readonly scope: FullScope
  readonly namespace: string
}

export const placeParts: readonly PlacePart[] = [...scopeParts, 'namespace']

/** Returns a place with the text as one part, which no other case uses. */
export function placeWith(part: PlacePart, text: string, base: FullScope): Place {
  if (part === 'namespace') return { scope: base, namespace: text }
  if (part !== 'tenantId') return { scope: { ...base, [part]: text }, namespace: 'n' }
  // Only the tenant was unique to this case. Now the user has to be.
  return { scope: { ...base, userId: base.tenantId, tenantId: text }, namespace: 'n' }
}
