import type { RunIdentity } from '@harborage/core'

/** One exchange, as it is said. */
export interface Said {
  readonly userMessage: string
  readonly assistantResponse: string
}

/** Conversations, as the cases about the memory store need them. */
export interface TurnLog {
  readonly name: string
  readonly note?: string
  add(identity: Required<RunIdentity>, turn: Said): unknown
  /** Reads all turns that are kept. */
  read(identity: Required<RunIdentity>): readonly Said[] | Promise<readonly Said[]>
  /** Puts those turns in the place of the conversation. */
  replace(identity: Required<RunIdentity>, turns: readonly Said[]): Promise<void>
  close(): Promise<void>
}
