import {
  checkEventId,
  checkSignal,
  InvalidRecordError,
  type CallOptions,
  type EventId,
} from '@harborage/core'

/**
 * Checks the signal of a call, and that it is given no option but `signal` and those named: a guard under a misspelled
 * name would guard nothing.
 */
export function checkCallOptions(
  options: CallOptions | undefined,
  ...names: readonly string[]
): AbortSignal | undefined {
  const signal = checkSignal(options)
  if (options !== undefined && options !== null) {
    refuseUnknownNames('options', options, ['signal', ...names])
  }
  return signal
}

/** Refuses an object with other names than the known ones. What it calls them is the caller's own, and not told. */
export function refuseUnknownNames(
  argument: string,
  given: object,
  known: readonly string[],
): void {
  if (Object.keys(given).every((name) => known.includes(name))) return
  throw new InvalidRecordError(
    `${argument} has a name that this call does not know: it takes ${known.join(', ')}`,
  )
}

/** Checks the event id among the options; one that is there but `undefined` is refused, since retries would repeat none. */
export function checkGivenEventId(
  options: { readonly eventId?: EventId } | undefined,
): EventId | undefined {
  if (options === undefined || options === null || !('eventId' in options)) return undefined
  return checkEventId('options.eventId', options.eventId)
}
