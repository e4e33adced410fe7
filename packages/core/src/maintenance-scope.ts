import { HarborageError } from './harborage-error.ts'
import { KnownNames } from './kit/argument-checks.ts'

/** The explicit claim that a call may cross identities: for operators' jobs, never for a request's handler. */
export interface MaintenanceScope {
  readonly maintenanceScoped: true
}

const names = new KnownNames('the maintenance scope', ['maintenanceScoped'])

/**
 * Checks that the caller claimed the maintenance scope.
 *
 * @throws `maintenance_scope_required` if not; `invalid_record` for a claim that seems to be narrowed, as to a tenant.
 */
export function checkMaintenanceScope(scope: MaintenanceScope | undefined): void {
  checkMaintenanceClaim(scope)
  names.check(scope)
}

/**
 * Checks that what a caller addresses carries the claim of the maintenance scope, beside anything else it says.
 *
 * @throws `maintenance_scope_required` if not.
 */
export function checkMaintenanceClaim(scope: unknown): asserts scope is MaintenanceScope {
  if (isMaintenanceScope(scope)) return
  throw new HarborageError(
    'maintenance_scope_required',
    'this call crosses identities: pass { maintenanceScoped: true } in its first argument if that is meant',
  )
}

function isMaintenanceScope(scope: unknown): scope is MaintenanceScope {
  try {
    return (
      typeof scope === 'object' &&
      scope !== null &&
      Object.hasOwn(scope, 'maintenanceScoped') &&
      Reflect.get(scope, 'maintenanceScoped') === true
    )
  } catch {
    return false
  }
}
