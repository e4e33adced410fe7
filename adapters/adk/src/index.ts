/**
 * Google's Agent Development Kit (ADK) on Harborage: its sessions and its artifacts.
 *
 * @module
 */
export { HarborageArtifactService } from './artifact/harborage-artifact-service.ts'
export type { HarborageArtifactServiceOptions } from './artifact/artifact-options.ts'
export type { ImportProgress, ImportSessionsOptions } from './import/import-options.ts'
export { importSessions } from './import/import-sessions.ts'
export { sessionIdentity, userIdentity, type AdkSession, type AdkUser } from './place.ts'
export { HarborageSessionService } from './session/harborage-session-service.ts'
export type { HarborageSessionServiceOptions } from './session/session-options.ts'
export type { Tenant, TenantOption } from '@harborage/core/adapter'
