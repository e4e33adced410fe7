/**
 * Google's Agent Development Kit (ADK) on Harborage: its sessions, its artifacts and its memory.
 *
 * @module
 */
export { HarborageArtifactService } from './artifact/harborage-artifact-service.ts'
export type { HarborageArtifactServiceOptions } from './artifact/artifact-options.ts'
export type { ImportProgress, ImportSessionsOptions } from './import/import-options.ts'
export { importSessions } from './import/import-sessions.ts'
export { HarborageMemoryService } from './memory/harborage-memory-service.ts'
export type { HarborageMemoryServiceOptions } from './memory/memory-options.ts'
export { sessionIdentity, userIdentity, type AdkSession, type AdkUser } from './place.ts'
export { HarborageSessionService } from './session/harborage-session-service.ts'
export type { HarborageSessionServiceOptions } from './session/session-options.ts'
export type { Tenant, TenantOption } from '@harborage/core/adapter'
