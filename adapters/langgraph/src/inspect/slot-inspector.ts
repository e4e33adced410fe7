import { inspectSlots } from '@harborage/core/adapter'
import type { SlotInspector, StateRecord } from '@harborage/state'
import { itemSlot } from './item-slot.ts'
import { threadSlots } from './thread-slots.ts'

/**
 * The inspector of the slots that `HarborageSaver` and `HarborageStore` write. It needs neither a
 * graph nor a serializer: values are shown as LangGraph's own serializer wrote them. Those of
 * another serializer, and the values that have a slot of their own, are bytes.
 *
 * @example
 * ```ts
 * import { HarborageStore } from '@harborage/langgraph'
 * import { slotInspector } from '@harborage/langgraph/inspect'
 * import { openStateStore } from '@harborage/state'
 * import { userOwner } from '@harborage/core'
 *
 * await using state = await openStateStore()
 * const owner = userOwner({ tenantId: 'acme', userId: 'ann' })
 * await new HarborageStore({ state, owner }).put(['memories'], 'drink', { text: 'tea' })
 *
 * for await (const record of state.list(owner, '')) {
 *   const label = slotInspector.describe(record.kind)?.label
 *   const content = await slotInspector.decode(record)
 *   console.log(label, content?.isReadable) // 'item' true
 * }
 * ```
 */
export const slotInspector: SlotInspector = inspectSlots<StateRecord>('@harborage/langgraph', [
  ...threadSlots,
  itemSlot,
])
