import type { AgentMessage } from './messages.ts'

/** Counts what the tools did, outside of the agent and its database. */
export class Tally {
  readonly #begun = new Map<string, number>()
  readonly #ended = new Map<string, number>()

  note(message: AgentMessage): void {
    if (message.type === 'tool begins') increment(this.#begun, message.tool)
    if (message.type === 'tool ends') increment(this.#ended, message.tool)
  }

  begun(tool: string): number {
    return this.#begun.get(tool) ?? 0
  }

  ended(tool: string): number {
    return this.#ended.get(tool) ?? 0
  }
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
