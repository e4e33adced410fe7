/**
 * The journal store: ordered, append-only streams, keyed by owner and name, with idempotent appends
 * and followers.
 *
 * @module
 */
import './journal-errors.ts'

export {
  decideAppend,
  decideReplacement,
  decideTouch,
  hiddenView,
  type AppendDecision,
  type HeldEntry,
  type RememberedOperation,
  type ReplacedView,
  type StreamView,
} from './decide.ts'
export type {
  DumpedEntry,
  DumpedId,
  DumpedRecord,
  DumpedReplacement,
  DumpedRow,
  DumpedStream,
  JournalPlace,
} from './dumped-record.ts'
export { InMemoryJournalDriver, type InMemoryJournalOptions } from './in-memory-driver.ts'
export { StreamWatch, type ReadPositions } from './stream-watch.ts'
export type {
  CheckedAppend,
  CheckedEntry,
  CheckedReplacement,
  CheckedTouch,
  DeletedStreams,
  ExaminedHead,
  FollowPage,
  FoundStream,
  HeadMark,
  JournalDriver,
  JournalDumpPage,
  JournalPart,
  JournalPartResult,
  LocatedEntry,
  ReadPage,
  StreamKey,
  StreamPlace,
  StreamsPage,
  StreamSubscription,
} from './journal-driver.ts'
export {
  MAX_APPEND_BYTES,
  MAX_APPEND_ENTRIES,
  MAX_GET_BYTES,
  MAX_GET_ENTRIES,
  REMEMBERED_ENTRY_IDS,
  REMEMBERED_OPERATIONS,
  type AppendedEntry,
  type AppendOptions,
  type AppendOutcome,
  type AppendResult,
  type Entry,
  type Followed,
  type FollowedEntry,
  type FollowedReplacement,
  type FollowOptions,
  type NewEntry,
  type ReadOptions,
  type Replacement,
  type StreamCursor,
  type StreamHead,
  type StreamInfo,
  type StreamListOptions,
  type StreamOrder,
  type StreamTouchOptions,
} from './journal-record.ts'
export type { JournalDriverOptions } from './journal-driver-options.ts'
export type { JournalPruneOptions } from './prune-options.ts'
export type { JournalPreparations } from './prepare-journal.ts'
export { JournalStore } from './journal-store.ts'
export type { StreamInspector } from './stream-inspector.ts'
export {
  journalContext,
  openJournalStore,
  registeredJournalDrivers,
  registerJournalDriver,
  type JournalStoreConfig,
} from './open-journal-store.ts'
