import { HarborageError } from '@harborage/core'
import type { StoredType } from '@harborage/core/adapter'
import type { StateRecord } from '@harborage/state'
import { parseItemKind } from '../store/item-kind.ts'
import { decodeItem, ITEM_FORMAT } from '../store/item-payload.ts'
import { withoutUndefined } from './without-undefined.ts'

/** The slot of an item of a store. */
export const itemSlot: StoredType<StateRecord> = {
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
