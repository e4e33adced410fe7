/** The user of the tests with several processes. */
export const ann = { tenantId: 'acme', userId: 'ann' }

/** The number of items in a batch. */
export const BATCH_ITEMS = 5

/** Returns the items of a batch of a writer. */
export function batchOf(writer: number, batch: number): { role: 'user'; content: string }[] {
  return Array.from({ length: BATCH_ITEMS }, (_, index) => ({
    role: 'user',
    content: `${writer}.${batch}.${index}`,
  }))
}
