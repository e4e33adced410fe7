import type { EventId } from '@harborage/core'
import { checkExpiry, checkSignal, KnownNames, type CheckedCall } from '@harborage/core/kit'
import type { TouchOptions } from '../state-record.ts'
import { checkExpectedEventId } from './check-record.ts'

const names = new KnownNames('options', ['signal', 'ifEventId', 'expiresAt'])

/** The checked options of a touch. */
export interface CheckedTouch extends CheckedCall {
  readonly ifEventId: EventId
  readonly expiresAt: Date | undefined
}

/** Checks the options of a touch, which has to name an event id and a time. */
export function checkTouch(options: TouchOptions): CheckedTouch {
  const signal = checkSignal(options, names)
  const { ifEventId, expiresAt }: Partial<TouchOptions> = options ?? {}
  return {
    signal,
    ifEventId: checkExpectedEventId('options.ifEventId', ifEventId),
    expiresAt: expiresAt === null ? undefined : checkExpiry(expiresAt),
  }
}
