let users = 0

/** Returns a user that no other test has. */
export function newOwner(tenantId = 'acme'): {
  readonly tenantId: string
  readonly userId: string
} {
  users += 1
  return { tenantId, userId: `user-${users}` }
}
