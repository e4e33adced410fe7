import { parseEventId } from '@harborage/core'
import type { CheckedRecord, DumpedSlot, SlotKey, Touch } from '@harborage/state'
import { z } from 'zod'

/** One line of the file: everything that one call changed. */
export interface Change {
  readonly save: readonly CheckedRecord[]
  readonly delete: readonly SlotKey[]
  /** The records of a dump to load. Default: none. */
  readonly load?: readonly DumpedSlot[]
  /** The slots whose records get another expiry. Default: none. */
  readonly touch?: readonly Touch[]
}

/** A change with the time at which it was decided, by which records had expired. */
export interface TimedChange extends Change {
  /** In milliseconds since 1970. */
  readonly at: number
}

/** The largest distance of a Date from 1970. */
const MAX_DATE_MS = 8.64e15

const slot = z.strictObject({
  identity: z.strictObject({
    tenantId: z.string(),
    userId: z.string(),
    sessionId: z.string(),
    runId: z.string(),
  }),
  kind: z.string(),
})

const date = z
  .int()
  .min(-MAX_DATE_MS)
  .max(MAX_DATE_MS)
  .transform((time) => new Date(time))

const eventId = z.string().transform(parseEventId)
const expiresAt = date
  .nullable()
  .default(null)
  .transform((time) => time ?? undefined)

const record = slot.extend({
  eventId,
  bytes: z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64'))),
  version: z.int().min(0),
  updatedAt: date,
  expiresAt,
})

const dumped = record.extend({ createdAt: date, replaced: z.array(z.string()) })

const touch = z.strictObject({ slot, ifEventId: eventId, expiresAt })

const change = z.strictObject({
  at: z.int().default(0),
  save: z.array(record),
  delete: z.array(slot),
  load: z.array(dumped).default([]),
  touch: z.array(touch).default([]),
})

export function encodeChange(timed: TimedChange): string {
  const { at, save, delete: deletions, load = [], touch: touches = [] } = timed
  return JSON.stringify({
    at,
    save: save.map(encodeRecord),
    delete: deletions.map(({ identity, kind }) => ({ identity, kind })),
    load: load.map((each) => ({ ...encodeRecord(each), createdAt: each.createdAt.getTime() })),
    touch: touches.map((each) => ({ ...each, expiresAt: each.expiresAt?.getTime() })),
  })
}

function encodeRecord(record: CheckedRecord): object {
  return {
    ...record,
    bytes: Buffer.from(record.bytes).toString('base64'),
    updatedAt: record.updatedAt.getTime(),
    expiresAt: record.expiresAt?.getTime(),
  }
}

export function decodeChange(line: string): TimedChange {
  return change.parse(JSON.parse(line))
}
