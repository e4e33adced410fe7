import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  tenantOwner,
  userOwner,
  type Owner,
  type RunIdentity,
  type Subtree,
  type SubtreeLevel,
} from '@harborage/core'
import type { Choice } from '@harborage/test-kit/choice'

/** All parts of an owner. Those that it lacks are `''`. */
export type Parts = Required<RunIdentity>

// Similar names, so that an inexact comparison confuses them.
const TENANTS = ['acme', 'ACME', 'acme%'] as const
const USERS = ['ann', 'ann2'] as const
const SESSIONS = ['s1', 's1 '] as const
const RUNS = ['', 'r', 'r_'] as const

const NAMES: { readonly [Part in keyof Parts]: readonly string[] } = {
  tenantId: TENANTS,
  userId: USERS,
  sessionId: SESSIONS,
  runId: RUNS,
}

/** Chooses an owner: mostly a session or a run. */
export function chooseOwner(choice: Choice): Parts {
  const level = choice.below(8)
  const tenantId = choice.of(TENANTS)
  if (level === 0) return { tenantId, userId: '', sessionId: '', runId: '' }
  const userId = choice.of(USERS)
  if (level === 1) return { tenantId, userId, sessionId: '', runId: '' }
  return { tenantId, userId, sessionId: choice.of(SESSIONS), runId: choice.of(RUNS) }
}

/** Chooses a session or a run, as only they have conversations and passages. */
export function chooseRun(choice: Choice): Parts {
  const owner = chooseOwner(choice)
  return owner.sessionId === '' ? chooseRun(choice) : owner
}

/** Chooses an owner that differs by one part from another one. */
export function chooseNeighbor(choice: Choice, owner: Parts): Parts {
  const level = owner.userId === '' ? 1 : owner.sessionId === '' ? 2 : 4
  const part = choice.of(['tenantId', 'userId', 'sessionId', 'runId'] as const)
  const place = Object.keys(NAMES).indexOf(part)
  if (place >= level) return chooseNeighbor(choice, owner)
  return { ...owner, [part]: choice.of(NAMES[part].filter((name) => name !== owner[part])) }
}

/** Returns the owner that has these parts, as a caller passes it. */
export function ownerOf({ tenantId, userId, sessionId, runId }: Parts): Owner {
  if (userId === '') return tenantOwner({ tenantId })
  if (sessionId === '') return userOwner({ tenantId, userId })
  return { tenantId, userId, sessionId, runId }
}

/** Returns the parts of an owner that a store returned. */
export function partsOf({ tenantId, userId, sessionId, runId = '' }: Owner): Parts {
  return { tenantId, userId, sessionId, runId }
}

export function hasParts(left: Parts, right: Parts): boolean {
  return (
    left.tenantId === right.tenantId &&
    left.userId === right.userId &&
    left.sessionId === right.sessionId &&
    left.runId === right.runId
  )
}

/** A subtree, and a function that returns whether an owner is in it. */
export interface ChosenSubtree<Level extends SubtreeLevel> {
  readonly subtree: Subtree<Level>
  readonly holds: (owner: Parts) => boolean
}

const makers: { readonly [Level in SubtreeLevel]: (run: Parts) => Subtree<Level> } = {
  tenant: ({ tenantId }) => allOfTenant({ tenantId }),
  user: ({ tenantId, userId }) => allOfUser({ tenantId, userId }),
  session: ({ tenantId, userId, sessionId }) => allOfSession({ tenantId, userId, sessionId }),
  run: allOfRun,
}

/** The parts that the owners in a subtree have in common. */
const shared = {
  tenant: ['tenantId'],
  user: ['tenantId', 'userId'],
  session: ['tenantId', 'userId', 'sessionId'],
  run: ['tenantId', 'userId', 'sessionId', 'runId'],
} as const

/** Chooses a subtree of a level. */
export function chooseSubtree<Level extends SubtreeLevel>(
  choice: Choice,
  level: Level,
): ChosenSubtree<Level> {
  const run = {
    tenantId: choice.of(TENANTS),
    userId: choice.of(USERS),
    sessionId: choice.of(SESSIONS),
    runId: choice.of(RUNS) || 'r',
  }
  return {
    subtree: makers[level](run),
    holds: (owner) => shared[level].every((part) => owner[part] === run[part]),
  }
}

/** Returns the distinct owners of a level among all owners, in the order of their bytes. */
export function distinctOwners(owners: readonly Parts[], level: SubtreeLevel): readonly Parts[] {
  const own = { tenant: 1, user: 2, session: 3, run: 4 }[level]
  const texts = owners.flatMap(({ tenantId, userId, sessionId, runId }) => {
    const parts = [tenantId, userId, sessionId, runId].slice(0, own)
    return parts.at(-1) === '' ? [] : [JSON.stringify(parts)]
  })
  return [...new Set(texts)]
    .map((text) => JSON.parse(text) as string[])
    .toSorted(compareParts)
    .map(([tenantId = '', userId = '', sessionId = '', runId = '']) => {
      return { tenantId, userId, sessionId, runId }
    })
}

function compareParts(left: readonly string[], right: readonly string[]): number {
  for (const [index, part] of left.entries()) {
    const order = compareBytes(part, right[index] ?? '')
    if (order !== 0) return order
  }
  return 0
}

/** Compares two texts by their UTF-8 bytes. */
export function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}
