import type { EventId } from '@harborage/core'
import { checkEventId, KnownNames } from '@harborage/core/kit'

/** The options of a save or a delete. */
export const conditionNames: KnownNames = new KnownNames('options', ['signal', 'ifEventId'])

/** Checks the event id among the options; one that is there but `undefined` is refused, since retries would repeat none. */
export function checkGivenEventId(
  options: { readonly eventId?: EventId } | undefined,
): EventId | undefined {
  if (options === undefined || options === null || !('eventId' in options)) return undefined
  return checkEventId('options.eventId', options.eventId)
}
