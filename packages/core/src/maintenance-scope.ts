import { HarborageError } from './harborage-error.ts'
import { KnownNames } from './kit/argument-checks.ts'

/**
 * The explicit permission that a call may cross identities. It is for jobs of operators: never pass
 * it in the handler of a request.
 */
export interface MaintenanceScope {
  /** Always `true`: the caller means to cross identities. */
  readonly maintenanceScoped: true
}

const names = new KnownNames('the maintenance scope', ['maintenanceScoped'])

/**
 * Checks that the caller passed the maintenance scope and nothing else.
 *
 * @throws `maintenance_scope_required` if it was not passed; `invalid_record` if it has another
 * name, such as `tenantId`, which would not narrow it.
 */
export function checkMaintenanceScope(scope: MaintenanceScope | undefined): void {
  checkMaintenanceClaim(scope)
  names.check(scope)
}

/**
 * Checks that an argument contains the maintenance scope, whose other names are the caller's to
 * check.
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
