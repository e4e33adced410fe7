import type { PageOptions } from '../call-options.ts'
import { checkPageSize } from '../call-options.ts'
import {
  checkIdentity,
  tenantOwner,
  userOwner,
  type Identity,
  type RunIdentity,
  type TenantOwner,
  type UserOwner,
} from '../identity.ts'
import { checkMaintenanceScope, type MaintenanceScope } from '../maintenance-scope.ts'
import { checkSubtree, type Subtree, type SubtreeLevel } from '../subtree.ts'
import { checkSignal, KnownNames } from './argument-checks.ts'
import type { CallGate, CheckedWalk } from './call-gate.ts'
import type { DirectoryPage } from './directory.ts'

/** What the walks of a directory need of a driver. */
export interface DirectoryDriver {
  /** Resolves to the next distinct owners, in the order of `compareOwners`. */
  directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]>
}

/** Returns the walk `tenants` of a store. */
export function walkTenants(
  gate: CallGate,
  driver: DirectoryDriver,
  scope: MaintenanceScope,
  options: PageOptions | undefined,
): AsyncIterable<TenantOwner> {
  return walkDirectory(gate, driver, {
    operation: 'tenants',
    level: 'tenant',
    check: () => {
      checkMaintenanceScope(scope)
      return EVERYWHERE
    },
    options,
    form: ({ tenantId }) => tenantOwner({ tenantId }),
  })
}

/** Returns the walk `users` of a store. */
export function walkUsers(
  gate: CallGate,
  driver: DirectoryDriver,
  subtree: Subtree<'tenant'>,
  options: PageOptions | undefined,
): AsyncIterable<UserOwner> {
  return walkDirectory(gate, driver, {
    operation: 'users',
    level: 'user',
    check: () => rootOf(checkSubtree(subtree, ['tenant'])),
    options,
    form: ({ tenantId, userId }) => userOwner({ tenantId, userId }),
  })
}

/** Returns the walk `sessions` of a store. */
export function walkSessions(
  gate: CallGate,
  driver: DirectoryDriver,
  subtree: Subtree<'user' | 'tenant'>,
  options: PageOptions | undefined,
): AsyncIterable<Identity> {
  return walkDirectory(gate, driver, {
    operation: 'sessions',
    level: 'session',
    check: () => rootOf(checkSubtree(subtree, ['user', 'tenant'])),
    options,
    form: ({ tenantId, userId, sessionId }): Identity => ({ tenantId, userId, sessionId }),
  })
}

/** Returns the walk `runs` of a store. */
export function walkRuns(
  gate: CallGate,
  driver: DirectoryDriver,
  identity: Identity,
  options: PageOptions | undefined,
): AsyncIterable<Required<RunIdentity>> {
  return walkDirectory(gate, driver, {
    operation: 'runs',
    level: 'run',
    check: () => ({ ...checkIdentity(identity), runId: '' }),
    options,
    form: ({ ...run }) => run,
  })
}

const EVERYWHERE: Required<RunIdentity> = { tenantId: '', userId: '', sessionId: '', runId: '' }

interface CheckedDirectory extends CheckedWalk {
  readonly within: Required<RunIdentity>
}

const optionNames = new KnownNames(
  'options',
  ['signal', 'pageSize'],
  'invalid_record',
  '. For newest first, see "A user\'s sessions, newest first" in docs/state.md',
)

interface DirectoryWalk<Owner> {
  /** The name of the operation in traces. */
  readonly operation: string
  readonly level: SubtreeLevel
  /** Checks what narrows the walk, and returns it. */
  readonly check: () => Required<RunIdentity>
  readonly options: PageOptions | undefined
  /** Returns what the caller gets for an owner: an object of its own. */
  readonly form: (owner: Required<RunIdentity>) => Owner
}

function walkDirectory<Owner>(
  gate: CallGate,
  driver: DirectoryDriver,
  { operation, level, check, options, form }: DirectoryWalk<Owner>,
): AsyncIterable<Owner> {
  const found = gate.walk(
    operation,
    (): CheckedDirectory => ({
      within: check(),
      signal: checkSignal(options, optionNames),
      limit: checkPageSize(options),
    }),
    ({ within }, after: Required<RunIdentity> | undefined, limit) =>
      driver.directoryPage({ level, within, after, limit }),
    // The owner itself, not a copy: a driver may keep the position of its walk by it.
    { placeOf: (owner) => owner, bytesOf: () => 0 },
  )
  return {
    async *[Symbol.asyncIterator]() {
      for await (const owner of found) yield form(owner)
    },
  }
}

function rootOf({ tenantId, userId, sessionId, runId }: Subtree): Required<RunIdentity> {
  return { tenantId, userId, sessionId, runId }
}
