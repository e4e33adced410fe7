import type { StateRecord } from './state-record.ts'

/** A slot as `StateStore.dump` returns it, with all that its later calls depend on. */
export interface DumpedSlot extends StateRecord {
  /**
   * The marks of the event ids that the slot replaced and remembers, newest first: at most
   * `REMEMBERED_EVENT_IDS` texts that `eventMark` returns.
   */
  readonly replaced: readonly string[]
}
