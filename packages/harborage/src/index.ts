/**
 * The stores of Harborage on one database, for those who want one import.
 *
 * @module
 */
export {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  appRows,
  commitTogether,
  createEventBus,
  isHarborageError,
  newEventId,
  parseEventId,
  tenantOwner,
  userOwner,
  type EventId,
  type HarborageError,
  type Identity,
  type Owner,
  type Part,
  type RunIdentity,
} from '@harborage/core'
export { defineSlot, jsonSlot, slotFamily } from '@harborage/state'
export { openHarborage, type Harborage, type HarborageConfig } from './open-harborage.ts'
