import { types } from 'node:util'
import { isHarborageError } from '@harborage/core'
import type {
  SlotContent,
  SlotDescription,
  SlotInspector,
  StateRecord,
  UnreadableContent,
} from '@harborage/state'
import { itemSlot } from './item-slot.ts'
import type { SlotType } from './slot-type.ts'
import { threadSlots } from './thread-slots.ts'

const slotTypes: readonly SlotType[] = [...threadSlots, itemSlot]

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
export const slotInspector: SlotInspector = {
  describe: (kind) => find(kind)?.description,
  async decode(record) {
    const found = find(kindOf(record))
    return found && contentOf(found.type, record)
  },
}

/** Returns the kind of a record, or `undefined` for what is no record. */
function kindOf(record: unknown): unknown {
  try {
    return typeof record === 'object' && record !== null ? Reflect.get(record, 'kind') : undefined
  } catch {
    return undefined
  }
}

function find(
  kind: unknown,
): { readonly type: SlotType; readonly description: SlotDescription } | undefined {
  if (typeof kind !== 'string') return undefined
  for (const type of slotTypes) {
    const names = type.names(kind)
    if (names !== undefined) return { type, description: { label: type.label, names } }
  }
  return undefined
}

async function contentOf(type: SlotType, record: StateRecord): Promise<SlotContent> {
  try {
    if (!types.isUint8Array(record.bytes)) return DAMAGED
    return { isReadable: true, value: await type.decode(record) }
  } catch (error) {
    return isHarborageError(error, 'schema_too_new') ? NEWER : DAMAGED
  }
}

const NEWER: UnreadableContent = {
  isReadable: false,
  reason: 'newer_format',
  message: 'a newer release of @harborage/langgraph wrote it: update this one',
}

const DAMAGED: UnreadableContent = {
  isReadable: false,
  reason: 'damaged',
  message: 'it is not as @harborage/langgraph writes it: restore it from a backup, or delete it',
}
