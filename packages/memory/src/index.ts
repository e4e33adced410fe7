/**
 * The memory store: conversations under a declared strategy.
 *
 * @module
 */
import './memory-errors.ts'

export {
  MAX_SNAPSHOT_BYTES,
  MAX_SUMMARY_BYTES,
  MAX_TURN_BYTES,
  REMEMBERED_TURN_IDS,
  REMEMBERED_TURN_IDS_MS,
  SNAPSHOT_TURN_IDS,
  type ConversationTurn,
  type ForgetOutcome,
  type LlmContextPatch,
  type MemorySnapshot,
  type Strategy,
  type TrajectoryDigest,
} from './conversation.ts'
export { compareTurnIds } from './compare-turn-ids.ts'
export { stepHealth, type Health } from './health.ts'
export { InMemoryMemoryDriver } from './in-memory-driver.ts'
export {
  parseMemoryRules,
  type CheckedMemoryRules,
  type MemoryRules,
  type MemoryStoreConfig,
  type MemoryStoreOptions,
} from './memory-config.ts'
export {
  REMOVED_POSITION,
  type Conversation,
  type DatedHeader,
  type DeleteBatch,
  type DeletedBatch,
  type DeletedConversation,
  type DumpedConversation,
  type ForgottenTurnIds,
  type HeadersPage,
  type HeldMemory,
  type KeptTurn,
  type ReadSet,
  type MemoryChange,
  type MemoryDriver,
  type MemoryHeader,
  type MemoryPart,
  type RememberedTurnId,
} from './memory-driver.ts'
export type { HealthStep } from './memory-events.ts'
export { MemoryStore } from './memory-store.ts'
export {
  memoryContext,
  openMemoryStore,
  registeredMemoryDrivers,
  registerMemoryDriver,
} from './open-memory-store.ts'
export type {
  DatedCollection,
  DatedPage,
  PassageBatch,
  PassageDriver,
  PassagePlace,
  PassageSearch,
} from './passage-driver.ts'
export type { PassagesPruneOptions } from './prune-options.ts'
export {
  MAX_COMPARED_PASSAGES,
  MAX_PASSAGE_TEXT_BYTES,
  MAX_PASSAGES,
  MAX_PASSAGES_BYTES,
  MAX_QUERY_WORDS,
  type DumpedPassage,
  type DumpedPassages,
  type FoundPassage,
  type NewPassage,
  type SearchOptions,
} from './passage.ts'
export { Passages } from './passages.ts'
export type { MemoryPreparations } from './prepare-memory.ts'
export type { Summarizer, SummaryFailure, SummaryRequest } from './summarizer.ts'
export { estimateByBytes, type TokenEstimator } from './token-estimator.ts'
