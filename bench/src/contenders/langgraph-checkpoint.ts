import { uuid6, type BaseCheckpointSaver, type Checkpoint } from '@langchain/langgraph-checkpoint'

import type { SlotStore } from './slot-store.ts'

/** What a graph hands to its saver after a step: one channel with what the step left. */
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

/** A saver as a keyed store: a thread for each slot, a new checkpoint for each save, the newest one on load. */
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
