import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint'

import type { RunKeeper } from './run-keeper.ts'
import { checkpointOf } from './langgraph-checkpoint.ts'

/** Returns a keeper that saves a checkpoint per step, with the messages in one channel. */
export function langgraphRuns(
  name: string,
  note: string,
  saver: BaseCheckpointSaver,
  close: () => Promise<void>,
): RunKeeper {
  const threadOf = (tenantId: string, sessionId: string) => ({
    configurable: { thread_id: `${tenantId}:${sessionId}`, checkpoint_ns: '' },
  })
  return {
    name,
    note: `${note}; a checkpoint per step with the messages so far`,
    keep: async (tenantId, run) => {
      let config: Parameters<BaseCheckpointSaver['put']>[0] = threadOf(tenantId, run.sessionId)
      for (const step of run.messages.keys()) {
        const version = step + 1
        const checkpoint = checkpointOf(version, 'messages', run.messages.slice(0, version))
        const metadata = { source: 'loop' as const, step, parents: {} }
        config = await saver.put(config, checkpoint, metadata, { messages: version })
      }
    },
    check: async (tenantId, run) => {
      const tuple = await saver.getTuple(threadOf(tenantId, run.sessionId))
      const messages = tuple?.checkpoint.channel_values['messages']
      if (JSON.stringify(messages) !== JSON.stringify(run.messages)) {
        throw new Error('a run is not whole')
      }
    },
    close,
  }
}
