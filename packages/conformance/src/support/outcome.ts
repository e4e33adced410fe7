import { types } from 'node:util'
import { isHarborageError } from '@harborage/core'

/** What a call came to, in a form that can be compared and printed. */
export type Outcome = { readonly answer: unknown } | { readonly code: string }

export async function outcomeOf(call: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { answer: comparable(await call()) }
  } catch (error) {
    if (isHarborageError(error)) return { code: error.code }
    throw error
  }
}

/** Bytes and dates as text, so that two outcomes are compared by value on every driver. */
function comparable(value: unknown): unknown {
  if (types.isUint8Array(value)) return `bytes ${Buffer.from(value).toString('hex')}`
  if (types.isDate(value)) return `date ${value.getTime()}`
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([field, content]) => [field, comparable(content)]),
  )
}
