/** The user of the tests with several processes. */
export const ann = { tenantId: 'acme', userId: 'ann' }

/** The number of items in a batch. */
export const BATCH_ITEMS = 5
