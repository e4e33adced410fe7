import type {
  Identity,
  MaintenanceScope,
  PageOptions,
  RunIdentity,
  Subtree,
  SubtreeLevel,
} from '@harborage/core'
import {
  checkIdentity,
  checkMaintenanceScope,
  checkPageSize,
  checkSignal,
  checkSubtree,
  pageOptionNames,
  type CallGate,
  type CheckedWalk,
} from '@harborage/core/kit'
import type { StateDriver } from '../state-driver.ts'

/** The checked arguments of a walk of the directory. */
export interface CheckedDirectory extends CheckedWalk {
  readonly within: Required<RunIdentity>
}

const EVERYWHERE: Required<RunIdentity> = { tenantId: '', userId: '', sessionId: '', runId: '' }

/** Checks the arguments of `tenants`. */
export function checkTenants(
  scope: MaintenanceScope,
  options: PageOptions | undefined,
): CheckedDirectory {
  checkMaintenanceScope(scope)
  return { within: EVERYWHERE, ...checkOptions(options) }
}

/** Checks the arguments of `users` or `sessions`. */
export function checkWithin<Level extends SubtreeLevel>(
  subtree: Subtree<Level>,
  levels: readonly Level[],
  options: PageOptions | undefined,
): CheckedDirectory {
  const { tenantId, userId, sessionId, runId } = checkSubtree(subtree, levels)
  return { within: { tenantId, userId, sessionId, runId }, ...checkOptions(options) }
}

/** Checks the arguments of `runs`. */
export function checkRuns(identity: Identity, options: PageOptions | undefined): CheckedDirectory {
  return { within: { ...checkIdentity(identity), runId: '' }, ...checkOptions(options) }
}

function checkOptions(options: PageOptions | undefined): CheckedWalk {
  return { signal: checkSignal(options, pageOptionNames), limit: checkPageSize(options) }
}

/** A walk of the directory. */
export interface DirectoryWalk<Owner> {
  /** The name of the operation in traces. */
  readonly operation: string
  /** Whether tenants, users, sessions or runs are wanted. */
  readonly level: SubtreeLevel
  readonly check: () => CheckedDirectory
  /** Returns what the caller gets for an owner. */
  readonly form: (owner: Required<RunIdentity>) => Owner
}

/** Returns a walk over distinct owners. */
export function walkDirectory<Owner extends RunIdentity>(
  gate: CallGate,
  driver: StateDriver,
  { operation, level, check, form }: DirectoryWalk<Owner>,
): AsyncIterable<Owner> {
  return gate.walk(
    operation,
    check,
    async ({ within, limit }, after: Required<RunIdentity> | undefined) =>
      (await driver.directoryPage({ level, within, after, limit })).map(form),
    { placeOf, bytesOf: () => 0 },
  )
}

function placeOf({ tenantId, userId, sessionId, runId = '' }: RunIdentity): Required<RunIdentity> {
  return { tenantId, userId, sessionId, runId }
}
