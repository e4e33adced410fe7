import { HarborageError } from '@harborage/core'
import { parseItemKind } from '../store/item-kind.ts'
import { decodeItem, ITEM_FORMAT } from '../store/item-payload.ts'
import { type SlotType, withoutUndefined } from './slot-type.ts'

/** The slot of an item of a store. */
export const itemSlot: SlotType = {
  label: 'item',
  names(kind) {
    const spelled = parseItemKind(kind)
    return spelled && withoutUndefined({ ...spelled })
  },
  async decode(record) {
    if (record.version > ITEM_FORMAT) {
      throw new HarborageError('schema_too_new', `the item has the format ${record.version}`)
    }
    return decodeItem(record)
  },
}
