/**
 * The Claude Agent SDK on Harborage: a session store whose user is bound.
 *
 * @module
 */
export type { User, UserOption } from '@harborage/core/adapter'
export { HarborageSessionStore } from './store/harborage-session-store.ts'
export type { HarborageSessionStoreOptions } from './store/store-options.ts'
