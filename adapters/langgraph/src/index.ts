/**
 * LangGraph on Harborage: what its checkpointer and its store have in common.
 *
 * @module
 */
export type { OwnerOption, User, UserOption } from './owner.ts'
