import type { MemoryRules, MemoryStore } from '@harborage/memory'
import { within } from '../../support/waiting.ts'
import type { MemoryHarness } from '../memory-harness.ts'
import { RecordedEvents } from './recorded-events.ts'

/** What a case works with. */
export interface Bench {
  /**
   * Opens a store, which publishes on the bus of the case unless the rules name another one; one that is not shared has
   * to be closed first. All are closed when the case ends.
   */
  readonly open: (rules?: Partial<MemoryRules>) => Promise<MemoryStore>
  /** What the stores of the case publish. */
  readonly events: RecordedEvents
}

/** A summarisation that hangs on purpose is not waited for. */
const CLOSE_GRACE_MS = 0

const MINUTE_MS = 60_000
/** Far above what a case takes on a busy machine: a limit is for what hangs. */
const CASE_LIMIT_MS = 5 * MINUTE_MS
/** Twice as many calls as a case makes one after the other. */
const MOST_CALLS = 1_000

export async function withBench(
  harness: MemoryHarness,
  body: (bench: Bench) => Promise<void>,
): Promise<void> {
  const events = new RecordedEvents()
  const opened: MemoryStore[] = []
  // What a store waits for in the background does not keep a process alive; a case that waits for it has to.
  const alive = setInterval(() => {}, MINUTE_MS)
  const open: Bench['open'] = async (rules) => {
    const store = await harness.open({ bus: events.bus, closeGraceMs: CLOSE_GRACE_MS, ...rules })
    opened.push(store)
    return store
  }
  try {
    // What a store itself waits for, such as in `settled`, may never come on a broken driver.
    const limitMs = CASE_LIMIT_MS + MOST_CALLS * (harness.callMs ?? 1)
    await within('the end of the case', body({ open, events }), limitMs)
  } finally {
    for (const store of opened) await store.close()
    clearInterval(alive)
  }
}
