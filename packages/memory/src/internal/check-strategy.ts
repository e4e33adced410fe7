import { HarborageError } from '@harborage/core'
import type { Strategy } from '../conversation.ts'
import type { MemoryHeader } from '../memory-driver.ts'

/**
 * Checks that a conversation, if it exists, is kept under the strategy of the store.
 *
 * @throws `strategy_mismatch`
 */
export function checkStrategy(header: MemoryHeader | undefined, strategy: Strategy): void {
  if (header === undefined || header.strategy === strategy) return
  throw new HarborageError(
    'strategy_mismatch',
    `the conversation is kept under the strategy "${header.strategy}", and this store was opened with "${strategy}": open a store with "${header.strategy}", or ${wayOut(strategy)}`,
  )
}

function wayOut(strategy: Strategy): string {
  return strategy === 'none'
    ? 'remove the conversation with delete(identity)'
    : `turn the conversation into "${strategy}" with convert(identity)`
}
