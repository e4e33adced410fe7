import type { Identity } from '@harborage/core'

/** One of several callers in one writing process. Each makes its calls one after the other. */
export interface Caller {
  /** Names the process among all that ever wrote to the place. */
  readonly writer: string
  readonly number: number
}

/** Every caller has an identity of its own; those of one process share its tenant. */
export function identityOf({ writer, number }: Caller): Identity {
  return { tenantId: writer, userId: `user ${number}`, sessionId: 'work' }
}

/** The conversation to which all callers of a process add their turns. */
export function conversationOf(writer: string): Identity {
  return { tenantId: writer, userId: 'everybody', sessionId: 'conversation' }
}

/** Names the operation with that index, and is in all that it stores. */
export function seedFor({ writer, number }: Caller, index: number): string {
  return `${writer}/${number}/${index}`
}
