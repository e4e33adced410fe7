import type { ArtifactFilter } from '@harborage/artifacts'
import type { Selection } from '../arguments/identity-options.ts'

/**
 * Returns the filter of the artifacts of a tenant, a user or a session with all that is below it.
 * An artifact is of no run.
 *
 * @param selection Default: all tenants.
 */
export function artifactsOf(selection?: Omit<Selection, 'runId'>): ArtifactFilter {
  const { tenantId = '', userId = '', sessionId = '' } = selection ?? {}
  return {
    maintenanceScoped: true,
    ...(tenantId !== '' && { tenantId }),
    ...(userId !== '' && { userId }),
    ...(sessionId !== '' && { sessionId }),
  }
}
