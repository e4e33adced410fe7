import { MaintenanceScopeRequiredError } from './errors/errors.ts'

/** The explicit claim that a call may cross identities: for operators' jobs, never for a request's handler. */
export interface MaintenanceScope {
  readonly maintenanceScoped: true
}

/**
 * Checks that the caller claimed the maintenance scope.
 *
 * @throws `maintenance_scope_required` if not.
 */
export function checkMaintenanceScope(scope: MaintenanceScope | undefined): void {
  if (!isMaintenanceScope(scope)) {
    throw new MaintenanceScopeRequiredError(
      'this call crosses identities: pass { maintenanceScoped: true } if that is meant',
    )
  }
}

function isMaintenanceScope(scope: unknown): boolean {
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
