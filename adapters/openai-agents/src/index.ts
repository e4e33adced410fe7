/**
 * The OpenAI Agents SDK on Harborage: a session whose owner is bound, and claims of run states.
 *
 * @module
 */
export { claimRunState } from './claim/claim-run-state.ts'
export type { ClaimOptions, ClaimResult } from './claim/claim-options.ts'
export type { RunClaim } from './claim/run-claim.ts'
export type { User, UserOption } from '@harborage/core/adapter'
export { HarborageSession } from './session/harborage-session.ts'
export type { HarborageSessionOptions, SessionGuard } from './session/session-options.ts'
