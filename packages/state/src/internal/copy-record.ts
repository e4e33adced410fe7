import type { StateRecord } from '../state-record.ts'

/** Returns a copy of a record that the caller may change. */
export function copyRecord(record: StateRecord): StateRecord {
  return {
    ...record,
    identity: { ...record.identity },
    bytes: new Uint8Array(record.bytes),
    updatedAt: new Date(record.updatedAt),
    createdAt: new Date(record.createdAt),
    expiresAt: record.expiresAt && new Date(record.expiresAt),
  }
}
