import { isHarborageError, type Owner } from '@harborage/core'
import { MAX_STATE_BYTES, type NewStateRecord } from '@harborage/state'

import type { Change, CheckedOperation } from './check-operation.ts'
import type { SlotChanges } from './commit-in-pieces.ts'
import { kindOf } from './item-kind.ts'
import { recordOf } from './item-payload.ts'
import type { Refusal } from './refusal.ts'

/**
 * Resolves to the changes that the puts and deletes of a batch make. Of several for one item only
 * the last one counts. All values are captured when this is called.
 *
 * @throws `invalid_record` if a value holds something that JSON cannot represent. The `entry` of
 * the error names the operation.
 */
export async function changesOf(
  owner: Owner,
  operations: readonly CheckedOperation[],
): Promise<SlotChanges> {
  const now = new Date()
  const last = new Map<string, Change>()
  for (const operation of operations) {
    if (operation.type === 'change') last.set(kindOf(operation.name), operation)
  }
  const deleted = [...last].filter(([, { value }]) => value === null)
  const saving = [...last.values()].flatMap((change) => saveOf(owner, change, now))
  return {
    save: await Promise.all(saving),
    delete: deleted.map(([kind]) => ({ identity: owner, kind })),
  }
}

function saveOf(
  owner: Owner,
  { name, value, refuse }: Change,
  now: Date,
): Promise<NewStateRecord>[] {
  if (value === null) return []
  const record = recordOf(owner, name, value, now).catch((cause: unknown) => {
    if (!isHarborageError(cause, 'invalid_record')) throw cause
    throw refuse(`cannot be stored: ${cause.message}`, { cause })
  })
  return [record.then((made) => fitting(made, refuse))]
}

function fitting(record: NewStateRecord, refuse: Refusal): NewStateRecord {
  if (record.bytes.length <= MAX_STATE_BYTES) return record
  throw refuse(
    'has a value that is larger than the 64 MiB that a slot holds: keep large content elsewhere, such as in an artifact store, and a reference to it in the item',
    { code: 'value_too_large' },
  )
}
