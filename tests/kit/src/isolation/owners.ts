import { tenantOwner, userOwner, type TenantOwner, type UserOwner } from '@harborage/core'

import type { Choice } from '../choice.ts'

/** An owner of items; a user also owns threads. */
export type Owning = UserOwner | TenantOwner

// Similar names, so that an inexact comparison confuses them.
const TENANTS = ['acme', 'ACME', 'acme/ann'] as const
const USERS = ['ann', 'ann2'] as const

/** The users whose threads are crossed. */
export const users: readonly UserOwner[] = TENANTS.flatMap((tenantId) =>
  USERS.map((userId) => userOwner({ tenantId, userId })),
)

/** The users and tenants whose items are crossed. */
export const owners: readonly Owning[] = [
  ...users,
  ...TENANTS.map((tenantId) => tenantOwner({ tenantId })),
]

/** Returns the text that stands in all that an owner stores, and in nothing of another one. */
export function markOf({ tenantId, userId }: Owning): string {
  return `<${tenantId}|${userId}>`
}

/** Returns whether a value holds what another owner stored. */
export function isForeign(value: unknown, owner: Owning): boolean {
  const text = JSON.stringify(value) ?? ''
  return owners.some((other) => other !== owner && text.includes(markOf(other)))
}

/** Chooses parts of an argument that name another owner, as a caller might pass them. */
export function chooseClaim(choice: Choice): Readonly<Record<string, unknown>> {
  const claimed = choice.of(owners)
  const { tenantId, userId } = claimed
  const parts = { tenantId, userId }
  return choice.of<Readonly<Record<string, unknown>>>([
    { owner: claimed },
    { owner: parts },
    { identity: { ...parts, sessionId: 's1' } },
    parts,
    { tenant_id: tenantId, user_id: userId },
    { configurable: { ...parts, owner: claimed } },
    { langgraph_auth_user: parts, langgraph_auth_user_id: userId },
  ])
}
