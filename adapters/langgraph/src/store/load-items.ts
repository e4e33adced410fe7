import type { Item } from '@langchain/langgraph-checkpoint'

import { loadSlots } from '../load-slots.ts'
import type { ItemCall } from './item-call.ts'
import { itemOf } from './item-payload.ts'

/** Resolves to the items in the slots of these kinds; `undefined` where there is none. */
export async function loadItems(
  { state, owner, options }: ItemCall,
  slots: readonly { readonly kind: string }[],
): Promise<readonly (Item | undefined)[]> {
  const named = slots.map(({ kind }) => ({ identity: owner, kind }))
  const records = await loadSlots(state, named, options)
  return Promise.all(records.map(async (record) => record && itemOf(record)))
}
