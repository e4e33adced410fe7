/** Whose session it is. */
export const owner = { tenantId: 'acme', userId: 'ann' }
