import type { RunnableConfig } from '@langchain/core/runnables'
import type { BaseCheckpointSaver, ChannelVersions } from '@langchain/langgraph-checkpoint'
import fc from 'fast-check'

import { put } from './checkpoints.ts'

/** One step of a generated history: a checkpoint, and the writes that tasks make there. */
export interface Step {
  readonly namespace: string
  /** Which of the earlier checkpoints of the namespace is its parent; none if there is none. */
  readonly parent: number
  readonly id: string
  /** The channels that change, with their new values. */
  readonly values: Readonly<Record<string, string>>
  readonly writes: readonly (readonly [task: string, channel: string, value: number])[]
}

const id = fc.uuid({ version: 6 })
const value = fc.oneof(
  fc.string({ maxLength: 4 }),
  fc.constant('x'.repeat(300)),
  fc.string({ minLength: 1, maxLength: 1 }).map((text) => text.repeat(9_000)),
)
const channel = fc.constantFrom('messages', 'count', 'document', 'delta')
const task = fc.constantFrom('task-1', 'task-2', '00000000-0000-0000-0000-000000000000')

const step: fc.Arbitrary<Step> = fc.record({
  namespace: fc.constantFrom('', '', '', 'inner:1', 'inner:1|leaf'),
  parent: fc.nat({ max: 9 }),
  id,
  values: fc.dictionary(channel, value, { maxKeys: 3 }),
  writes: fc.array(fc.tuple(task, channel, fc.nat({ max: 99 })), { maxLength: 3 }),
})

/** Histories of a thread with forks, in which an id need not sort after that of its parent. */
export const histories: fc.Arbitrary<readonly Step[]> = fc.uniqueArray(step, {
  minLength: 1,
  maxLength: 12,
  selector: (each) => each.id,
})

interface Made {
  readonly config: RunnableConfig
  readonly values: Readonly<Record<string, string>>
  readonly versions: ChannelVersions
}

/** Makes a history with a saver. Returns the configs of its checkpoints. */
export async function make(
  saver: BaseCheckpointSaver,
  steps: readonly Step[],
): Promise<readonly RunnableConfig[]> {
  const byNamespace = new Map<string, Made[]>()
  const configs: RunnableConfig[] = []
  for (const { namespace, parent, id: checkpointId, values: changed, writes } of steps) {
    const earlier = byNamespace.get(namespace) ?? []
    const from = earlier[parent % (earlier.length + 1)]
    const values = { ...from?.values, ...changed }
    const newVersions: ChannelVersions = {}
    for (const name of Object.keys(changed)) {
      newVersions[name] = Number(from?.versions[name] ?? 0) + 1
    }
    const versions = { ...from?.versions, ...newVersions }
    const begin = { configurable: { thread_id: 't1', checkpoint_ns: namespace } }
    const config = await put(saver, from?.config ?? begin, {
      id: checkpointId,
      ts: '2026-11-30T09:00:00.000Z',
      values,
      versions,
      newVersions,
    })
    for (const [taskId, name, written] of writes) {
      await saver.putWrites(config, [[name, written]], taskId)
    }
    byNamespace.set(namespace, [...earlier, { config, values, versions }])
    configs.push(config)
  }
  return configs
}
