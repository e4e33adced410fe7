import type { MemoryRules, MemoryStore } from '@harborage/memory'
import { withTimeout } from '../../support/waiting.ts'
import type { MemoryHarness } from '../memory-harness.ts'
import { RecordedEvents } from './recorded-events.ts'

/** The stores and events that a case works with. */
export interface MemoryFixture {
  /**
   * Opens a store that publishes on the bus of the case, unless the rules have another bus. If the
   * backend is not shared, the case has to close its other stores before. All stores are closed
   * when the case ends.
   */
  readonly open: (rules?: Partial<MemoryRules>) => Promise<MemoryStore>
  /** The events that the stores of the case publish. */
  readonly events: RecordedEvents
}

/** Some cases let a summarization hang. No close waits for it. */
const CLOSE_GRACE_MS = 0

const MINUTE_MS = 60_000
/** Far longer than a case takes on a busy machine: the limit is only for a case that hangs. */
const CASE_LIMIT_MS = 5 * MINUTE_MS
/** Twice the number of consecutive calls of a case. */
const MAX_CALLS = 1_000

/** Runs a case, and closes every store that it opened. */
export async function withMemoryFixture(
  harness: MemoryHarness,
  body: (fixture: MemoryFixture) => Promise<void>,
): Promise<void> {
  const events = new RecordedEvents()
  const opened: MemoryStore[] = []
  // Background work of a store does not keep a process alive, but a case may have to wait for it.
  const alive = setInterval(() => {}, MINUTE_MS)
  const open: MemoryFixture['open'] = async (rules) => {
    const store = await harness.open({ bus: events.bus, closeGraceMs: CLOSE_GRACE_MS, ...rules })
    opened.push(store)
    return store
  }
  try {
    // On a broken driver a call such as `settled` may never end.
    const limitMs = CASE_LIMIT_MS + MAX_CALLS * (harness.callMs ?? 1)
    await withTimeout('the end of the case', body({ open, events }), limitMs)
  } finally {
    for (const store of opened) await store.close()
    clearInterval(alive)
  }
}
