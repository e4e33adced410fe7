import { types } from 'node:util'

/**
 * Copies a date; `undefined` if it is none, or not a valid one. It asks the date itself: a subclass may say anything about
 * its time, and what is not a time could be stored but not be read.
 */
export function captureDate(value: unknown): Date | undefined {
  if (!types.isDate(value)) return undefined
  const time = Date.prototype.getTime.call(value)
  return Number.isNaN(time) ? undefined : new Date(time)
}
