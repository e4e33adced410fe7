import type { RunIdentity } from '../identity.ts'
import type { Subtree, SubtreeLevel } from '../subtree.ts'
import { compareNames } from './compare-names.ts'

/** A page of a directory: of the distinct tenants, users, sessions or runs of a store. */
export interface DirectoryPage {
  /** Whether tenants, users, sessions or runs are wanted. */
  readonly level: SubtreeLevel
  /** The owner within which they are wanted. Parts that are `''` do not narrow it. */
  readonly within: Required<RunIdentity>
  /**
   * The last owner of the previous page, the very object that the driver returned; `undefined` for
   * the first page.
   */
  readonly after: Required<RunIdentity> | undefined
  /** The largest number of owners in the page. */
  readonly limit: number
}

const parts = ['tenantId', 'userId', 'sessionId', 'runId'] as const

/** The number of leading parts that an owner of a level has. */
const PARTS = { tenant: 1, user: 2, session: 3, run: 4 } as const

/**
 * Returns a page of the directory, from the owners of all records. For drivers without a query
 * language. The owners may repeat, and an owner of a store without runs may lack its `runId`.
 */
export function directoryOf(
  owners: Iterable<RunIdentity>,
  { level, within, after, limit }: DirectoryPage,
): Required<RunIdentity>[] {
  const own = parts.slice(0, PARTS[level])
  const last = own.at(-1) ?? 'tenantId'
  const found = new Map<string, Required<RunIdentity>>()
  for (const { tenantId, userId, sessionId, runId = '' } of owners) {
    const owner = { tenantId, userId, sessionId, runId }
    const isInside = parts.every((part) => within[part] === '' || within[part] === owner[part])
    if (!isInside || owner[last] === '') continue
    const wide = { tenantId: '', userId: '', sessionId: '', runId: '' }
    for (const part of own) wide[part] = owner[part]
    if (after !== undefined && compareOwners(wide, after) <= 0) continue
    found.set(JSON.stringify(wide), wide)
  }
  return [...found.values()].toSorted(compareOwners).slice(0, limit)
}

/** Compares two owners by tenant, user, session and run, each by its UTF-8 bytes. */
export function compareOwners(left: RunIdentity, right: RunIdentity): number {
  return (
    compareNames(left.tenantId, right.tenantId) ||
    compareNames(left.userId, right.userId) ||
    compareNames(left.sessionId, right.sessionId) ||
    compareNames(left.runId ?? '', right.runId ?? '')
  )
}

/** Returns whether an owner is within a subtree. For drivers without a query language. */
export function isWithin<Level extends SubtreeLevel>(
  owner: RunIdentity,
  subtree: Subtree<Level>,
): boolean {
  const { level, tenantId, userId, sessionId, runId } = subtree
  if (owner.tenantId !== tenantId) return false
  if (level === 'tenant') return true
  if (owner.userId !== userId) return false
  if (level === 'user') return true
  if (owner.sessionId !== sessionId) return false
  return level === 'session' || owner.runId === runId
}
