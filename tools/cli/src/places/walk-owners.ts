import type { Identity, RunIdentity, Subtree } from '@harborage/core'
import { compareOwners } from '@harborage/core/kit'
import type { Selection } from '../arguments/identity-options.ts'
import type { OpenStores } from './open-place.ts'

/** The calls of a store that find owners. */
interface Directory {
  tenants(scope: { readonly maintenanceScoped: true }): AsyncIterable<RunIdentity>
  users(subtree: Subtree<'tenant'>): AsyncIterable<RunIdentity>
  sessions(subtree: Subtree<'user' | 'tenant'>): AsyncIterable<Identity>
  /** Artifacts are of no run. */
  runs?(identity: Identity): AsyncIterable<RunIdentity>
}

/** What is walked over. */
export type OwnerLevel = 'tenant' | 'user' | 'session' | 'run'

/**
 * Returns an async iterable over the tenants, or the users, sessions or runs right below a
 * selection, that any of the stores has. Each appears once, in the order of their names.
 */
export async function* walkOwners(
  stores: OpenStores,
  walkOf: (directory: Directory) => AsyncIterable<RunIdentity> | undefined,
): AsyncIterable<RunIdentity> {
  const { state, artifacts, memory, journal } = stores
  const directories: readonly (Directory | undefined)[] = [state, artifacts, memory?.store, journal]
  const walks = directories.flatMap((directory) => {
    const walk = directory === undefined ? undefined : walkOf(directory)
    return walk === undefined ? [] : [walk[Symbol.asyncIterator]()]
  })
  yield* mergeOwners(walks)
}

/** Returns the walk over what is right below a selection, or over all tenants. */
export function walkBelow(
  selection: Selection | undefined,
  subtree: Subtree | undefined,
): ((directory: Directory) => AsyncIterable<RunIdentity> | undefined) | undefined {
  if (selection === undefined || subtree === undefined) {
    return (directory) => directory.tenants({ maintenanceScoped: true })
  }
  const { tenantId, userId, sessionId } = selection
  switch (subtree.level) {
    case 'tenant':
      return (directory) => directory.users(subtree)
    case 'user':
      return (directory) => directory.sessions(subtree)
    case 'session':
      return (directory) => directory.runs?.({ tenantId, userId, sessionId })
    case 'run':
      return undefined
  }
}

/** Merges walks that are sorted, and leaves out what is repeated. */
async function* mergeOwners(
  walks: readonly AsyncIterator<RunIdentity>[],
): AsyncIterable<RunIdentity> {
  const heads = await Promise.all(walks.map((walk) => walk.next()))
  for (;;) {
    const [least] = heads
      .flatMap((head) => (head.done === true ? [] : [head.value]))
      .toSorted(compareOwners)
    if (least === undefined) return
    yield least
    for (const [index, walk] of walks.entries()) {
      const head = heads[index]
      if (head === undefined || head.done === true) continue
      if (compareOwners(head.value, least) === 0) heads[index] = await walk.next()
    }
  }
}
