import { uuid6, type BaseCheckpointSaver, type Checkpoint } from '@langchain/langgraph-checkpoint'

import type { SlotStore } from './slot-store.ts'

/** Returns the checkpoint that a graph saves after a step: one channel with its value. */
export function checkpointOf(step: number, channel: string, value: unknown): Checkpoint {
  return {
    v: 4,
    id: uuid6(step),
    ts: new Date().toISOString(),
    channel_values: { [channel]: value },
    channel_versions: { [channel]: step },
    versions_seen: {},
  }
}

/**
 * Returns a saver as a slot store: each slot is a thread, each save a new checkpoint, and a load
 * returns the newest one.
 */
export function checkpointSlots(
  name: string,
  note: string,
  saver: BaseCheckpointSaver,
  close: () => Promise<void>,
): SlotStore {
  const config = (key: string) => ({ configurable: { thread_id: key, checkpoint_ns: '' } })
  let step = 0
  return {
    name,
    note: `${note}; the payload as text, and every checkpoint is kept`,
    save: ({ place, payload }) => {
      step += 1
      const checkpoint = checkpointOf(step, 'state', payload.text)
      const metadata = { source: 'loop' as const, step, parents: {} }
      return saver.put(config(place.key), checkpoint, metadata, { state: step })
    },
    load: async (place) =>
      (await saver.getTuple(config(place.key)))?.checkpoint.channel_values['state'],
    close,
  }
}
