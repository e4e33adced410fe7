import { BaseMessage } from '@langchain/core/messages'
import type { BaseCheckpointSaver, CheckpointTuple } from '@langchain/langgraph-checkpoint'

/** A checkpoint of a thread, and those that follow it. */
export interface Moment {
  readonly step: number
  /** Whether it begins a fork. */
  readonly isFork: boolean
  /** What it adds to the messages of the checkpoint before it. */
  readonly added: readonly BaseMessage[]
  /** Whether it waits for a human. */
  readonly asks: boolean
  /** More than one where the thread was forked, the oldest first. */
  readonly next: readonly Moment[]
}

/** Resolves to the first checkpoint of a thread, or to `undefined` if there is none. */
export async function threadTree(
  saver: BaseCheckpointSaver,
  threadId: string,
): Promise<Moment | undefined> {
  const children = new Map<string | undefined, CheckpointTuple[]>()
  for await (const tuple of saver.list({
    configurable: { thread_id: threadId, checkpoint_ns: '' },
  })) {
    const parentId: unknown = tuple.parentConfig?.configurable?.['checkpoint_id']
    const parent = typeof parentId === 'string' ? parentId : undefined
    children.set(parent, [tuple, ...(children.get(parent) ?? [])])
  }
  const [root] = children.get(undefined) ?? []
  return root === undefined ? undefined : momentOf(root, 0, children)
}

function momentOf(
  tuple: CheckpointTuple,
  known: number,
  children: ReadonlyMap<string | undefined, readonly CheckpointTuple[]>,
): Moment {
  const { checkpoint, metadata, pendingWrites = [] } = tuple
  const messages = messagesOf(checkpoint.channel_values['messages'])
  return {
    step: metadata?.step ?? 0,
    isFork: metadata?.source === 'fork',
    added: messages.slice(known),
    asks: pendingWrites.some(([, channel]) => channel === '__interrupt__'),
    next: (children.get(checkpoint.id) ?? []).map((child) =>
      momentOf(child, messages.length, children),
    ),
  }
}

function messagesOf(value: unknown): readonly BaseMessage[] {
  return Array.isArray(value) ? value.filter((each) => BaseMessage.isInstance(each)) : []
}
