/** Whose run it is. */
export const owner = { tenantId: 'acme', userId: 'ann' }
/** The session of the run. */
export const sessionId = 'order-4711'
