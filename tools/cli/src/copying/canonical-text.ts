import { types } from 'node:util'

/**
 * Returns a record as text: JSON with the names of each object in one order and bytes in base64.
 * Two records are equal if their texts are.
 */
export function canonicalText(record: object): string {
  return JSON.stringify(record, (_name, value: unknown) => {
    if (types.isUint8Array(value)) return Buffer.from(value).toString('base64')
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(
      Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)),
    )
  })
}
