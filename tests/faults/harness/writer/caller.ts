import type { Identity } from '@harborage/core'

/** One of several callers in one writing process. Each makes its calls one after the other. */
export interface Caller {
  /** The name of the process, which no other writer of the place has. */
  readonly writer: string
  readonly number: number
}

/** Returns the identity of a caller. The callers of one process share its tenant. */
export function identityOf({ writer, number }: Caller): Identity {
  return { tenantId: writer, userId: `user ${number}`, sessionId: 'work' }
}

/** Returns the conversation to which all callers of a process add their turns. */
export function conversationOf(writer: string): Identity {
  return { tenantId: writer, userId: 'everybody', sessionId: 'conversation' }
}

/** The stream to which all callers of a process append, which its conversation owns. */
export const sharedStream = 'shared'

/** The stream of a caller, of which each replacement replaces all. */
export const ownStream = 'own'

/** Returns the seed of the operation with this index, which is in all that it stores. */
export function seedFor({ writer, number }: Caller, index: number): string {
  return `${writer}/${number}/${index}`
}
