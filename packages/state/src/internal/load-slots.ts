import { HarborageError } from '@harborage/core'
import type { StateDriver } from '../state-driver.ts'
import { MAX_LOAD_BYTES, type StateRecord } from '../state-record.ts'
import type { AskedSlots } from './check-slots.ts'
import { copyRecord } from './copy-record.ts'
import { withOwner } from './owned-records.ts'

/**
 * Resolves to what the slots hold, in the order in which they were asked for.
 *
 * @throws `result_too_large` if the records hold more than 64 MiB in all.
 */
export async function loadSlots(
  driver: StateDriver,
  { distinct, places }: AskedSlots,
): Promise<readonly (StateRecord | undefined)[]> {
  if (distinct.length === 0) return []
  const found = await driver.loadMany(distinct, MAX_LOAD_BYTES)
  if (found === undefined) throw tooLarge()
  // A slot that is named twice counts twice, since each time gets a copy of its own.
  let bytes = 0
  for (const place of places) bytes += found[place]?.bytes.byteLength ?? 0
  if (bytes > MAX_LOAD_BYTES) throw tooLarge()
  const isEachOnce = places.length === distinct.length
  return places.map((place) => {
    const record = found[place]
    return record && withOwner(isEachOnce ? record : copyRecord(record))
  })
}

function tooLarge(): HarborageError {
  return new HarborageError(
    'result_too_large',
    `the records hold more than ${MAX_LOAD_BYTES} bytes in all: load them in several calls, or find their sizes with listKeys() first`,
  )
}
