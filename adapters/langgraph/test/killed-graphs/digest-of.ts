import { hash } from 'node:crypto'

import type { Checkpoint } from '@langchain/langgraph-checkpoint'

/** Returns a digest of the values of a checkpoint. A channel without a version is still empty. */
export function digestOfCheckpoint({ channel_values, channel_versions }: Checkpoint): string {
  const isKept = (channel: string): boolean => Object.hasOwn(channel_versions, channel)
  return digestOf(Object.entries(channel_values).filter(([channel]) => isKept(channel)))
}

/** Returns a digest of channels and their values, in any order. */
export function digestOf(values: readonly (readonly [channel: string, value: unknown])[]): string {
  const texts = values.map((value) => JSON.stringify(value, withoutClass)).toSorted()
  return hash('sha256', texts.join('\n'), 'base64url')
}

/** Leaves out the class of a `Send`, which LangGraph loads as a plain object. */
function withoutClass(name: string, value: unknown): unknown {
  return name === 'lg_name' ? undefined : value
}
