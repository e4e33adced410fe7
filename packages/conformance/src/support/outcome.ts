import { types } from 'node:util'
import { isHarborageError } from '@harborage/core'

/** The outcome of a call, in a form that can be compared and printed. */
export type Outcome = { readonly answer: unknown } | { readonly code: string }

/** Resolves to the outcome of a call. Rejects with any error that is not a `HarborageError`. */
export async function outcomeOf(call: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { answer: comparable(await call()) }
  } catch (error) {
    if (isHarborageError(error)) return { code: error.code }
    throw error
  }
}

/** Turns bytes and dates into text, so that outcomes are compared by value on every driver. */
function comparable(value: unknown): unknown {
  if (types.isUint8Array(value)) return `bytes ${Buffer.from(value).toString('hex')}`
  if (types.isDate(value)) return `date ${value.getTime()}`
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([field, content]) => [field, comparable(content)]),
  )
}
