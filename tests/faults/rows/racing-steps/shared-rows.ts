/** The rows that all processes write. */
export const session = { tenantId: 'acme', userId: 'ann', sessionId: 'race' }
export const identity = { ...session, runId: 'r1' }

/** The slots that are always written together. */
export const slots: readonly string[] = ['slot.a', 'slot.b', 'slot.c', 'slot.d']

/** The slot that counts the links of the chain. */
export const CHAIN = 'slot.chain'

/** The stream to which all processes append. */
export const STREAM = 'events'
