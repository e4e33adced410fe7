import { userOwner } from '@harborage/core'
import type { PutOperation } from '@langchain/langgraph-checkpoint'

/** The owner of the items that a process writes until it is killed. */
export const writersOwner = userOwner({ tenantId: 'acme', userId: 'writer' })

const NAMESPACE = ['rounds']

/** Returns a batch that puts all items of a round in place of those of the one before. */
export function roundOf(round: number): PutOperation[] {
  return Array.from({ length: 40 }, (_, n) => ({
    namespace: [...NAMESPACE, `${n % 3}`],
    key: `item ${n}`,
    value: { round, text: 'x'.repeat(n * 50) },
  }))
}
