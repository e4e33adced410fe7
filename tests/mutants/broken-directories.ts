import type { RunIdentity } from '@harborage/core'
import type { DirectoryPage } from '@harborage/core/kit'

type Owner = Required<RunIdentity>

/** Finds a page of a directory, as a driver does. */
export type FindOwners = (page: DirectoryPage) => Promise<readonly Owner[]>

/** A fault of the directory of any store. */
export interface DirectoryFault {
  /** Completes the sentence "a store that …". */
  readonly fault: string
  /** Returns what finds pages with the fault. */
  readonly broken: (find: FindOwners) => FindOwners
}

/** Leaves a part out of what narrows a walk. */
function widened(part: Partial<Owner>): DirectoryFault['broken'] {
  return (find) => (page) => find({ ...page, within: { ...page.within, ...part } })
}

/** Orders by UTF-16 units. */
function inUtf16Order(find: FindOwners): FindOwners {
  const textOf = (owner: Owner | undefined): string => JSON.stringify(Object.values(owner ?? {}))
  return async (page) => {
    const all = await find({ ...page, after: undefined, limit: 1e6 })
    const sorted = all.toSorted((left, right) => (textOf(left) < textOf(right) ? -1 : 1))
    const next = sorted.findIndex((owner) => textOf(owner) === textOf(page.after)) + 1
    return sorted.slice(next, next + page.limit)
  }
}

/** Yields an owner again at the end of a page. */
function repeating(find: FindOwners): FindOwners {
  return async (page) => {
    const owners = await find(page)
    return [...owners, ...owners.slice(-1)]
  }
}

/** Yields what it has found before, also after it was deleted. */
function remembering(find: FindOwners): FindOwners {
  const found = new Map<string, readonly Owner[]>()
  return async (page) => {
    const key = JSON.stringify([page.level, page.within, page.after, page.limit])
    const owners = found.get(key) ?? (await find(page))
    if (owners.length > 0) found.set(key, owners)
    return owners
  }
}

export const brokenDirectories: readonly DirectoryFault[] = [
  { fault: 'walks the sessions of any user', broken: widened({ userId: '' }) },
  { fault: 'walks the users of any tenant', broken: widened({ tenantId: '' }) },
  { fault: 'walks the runs of any session', broken: widened({ sessionId: '' }) },
  { fault: 'walks in the order of UTF-16', broken: inUtf16Order },
  { fault: 'yields an owner twice', broken: repeating },
  {
    fault: 'finds nothing after the first page',
    broken: (find) => async (page) => (page.after === undefined ? find(page) : []),
  },
  { fault: 'remembers what was deleted', broken: remembering },
]
