import type { RunIdentity } from '@harborage/core'

/** A turn: a user message and its answer. */
export interface Said {
  readonly userMessage: string
  readonly assistantResponse: string
}

/** A store of conversations for the cases about memory. */
export interface TurnLog {
  readonly name: string
  readonly note?: string
  add(identity: Required<RunIdentity>, turn: Said): unknown
  /** Reads all stored turns. */
  read(identity: Required<RunIdentity>): readonly Said[] | Promise<readonly Said[]>
  /** Replaces the turns of the conversation. */
  replace(identity: Required<RunIdentity>, turns: readonly Said[]): Promise<void>
  close(): Promise<void>
}
