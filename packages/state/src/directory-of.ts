import type { RunIdentity } from '@harborage/core'
import { compareOwners } from './compare-slots.ts'
import type { DirectoryPage } from './state-driver.ts'

const parts = ['tenantId', 'userId', 'sessionId', 'runId'] as const

/** The number of leading parts that an owner of a level has. */
const PARTS = { tenant: 1, user: 2, session: 3, run: 4 } as const

/**
 * Returns a page of the directory, from the owners of all slots. For drivers without a query
 * language; each owner may occur more than once.
 */
export function directoryOf(
  owners: Iterable<Required<RunIdentity>>,
  { level, within, after, limit }: DirectoryPage,
): Required<RunIdentity>[] {
  const own = parts.slice(0, PARTS[level])
  const last = own.at(-1) ?? 'tenantId'
  const found = new Map<string, Required<RunIdentity>>()
  for (const owner of owners) {
    const isInside = parts.every((part) => within[part] === '' || within[part] === owner[part])
    if (!isInside || owner[last] === '') continue
    const wide = { tenantId: '', userId: '', sessionId: '', runId: '' }
    for (const part of own) wide[part] = owner[part]
    if (after !== undefined && compareOwners(wide, after) <= 0) continue
    found.set(JSON.stringify(own.map((part) => wide[part])), wide)
  }
  return [...found.values()].toSorted(compareOwners).slice(0, limit)
}
