import type { SaverCall } from './saver-call.ts'
import { type NewWrites, WriteSlots } from './write-slots.ts'

/** Saves the writes of a task in one commit. */
export async function putWrites(call: SaverCall, given: NewWrites): Promise<void> {
  if (given.writes.length === 0) return
  const slots = await WriteSlots.of(call.serde, given)
  let isHeld = false
  await call.threads.commit(call.state, given.place.thread, {
    checkpointIds: [given.checkpointId],
    changes: async () => (isHeld ? slots.changesOver(call.state) : slots.changes()),
    onThreadChanged() {},
    // The task has regular writes already.
    async onConflict() {
      isHeld = true
    },
  })
}
