import { types } from 'node:util'
import { HarborageError } from '../harborage-error.ts'
import { captureDate, describeType } from './argument-checks.ts'

/**
 * Checks the date at which something expires, and returns a copy of it.
 *
 * @throws `invalid_record` if it is no valid `Date` after 1970.
 */
export function checkExpiry(expiresAt: unknown): Date {
  const date = checkRequiredDate('expiresAt', expiresAt)
  if (date.getTime() > 0) return date
  throw new HarborageError(
    'invalid_record',
    'expiresAt is not after 1970: pass a Date, such as new Date(Date.now() + 60_000) for a minute from now',
  )
}

/**
 * Checks a date, and returns a copy of it.
 *
 * @param field What the error calls it.
 * @throws `invalid_record` if it is no valid `Date`.
 */
export function checkRequiredDate(field: string, date: unknown): Date {
  if (!types.isDate(date)) {
    throw new HarborageError('invalid_record', `${field} is ${describeType(date)}: pass a Date`)
  }
  const copy = captureDate(date)
  if (copy === undefined) throw new HarborageError('invalid_record', `${field} is an invalid Date`)
  return copy
}
