import { parseEventId } from '@harborage/core'
import type { CheckedRecord, DumpedSlot, SlotKey } from '@harborage/state'
import { z } from 'zod'

/** One line of the file: everything that one call changed. */
export interface Change {
  readonly save: readonly CheckedRecord[]
  readonly delete: readonly SlotKey[]
  /** The records of a dump to load. Default: none. */
  readonly load?: readonly DumpedSlot[]
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

const record = slot.extend({
  eventId: z.string().transform(parseEventId),
  bytes: z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64'))),
  version: z.int().min(0),
  updatedAt: date,
})

const dumped = record.extend({ createdAt: date, replaced: z.array(z.string()) })

const change = z.strictObject({
  save: z.array(record),
  delete: z.array(slot),
  load: z.array(dumped).default([]),
})

export function encodeChange({ save, delete: deletions, load = [] }: Change): string {
  return JSON.stringify({
    save: save.map(encodeRecord),
    delete: deletions.map(({ identity, kind }) => ({ identity, kind })),
    load: load.map((each) => ({ ...encodeRecord(each), createdAt: each.createdAt.getTime() })),
  })
}

function encodeRecord(record: CheckedRecord): object {
  return {
    ...record,
    bytes: Buffer.from(record.bytes).toString('base64'),
    updatedAt: record.updatedAt.getTime(),
  }
}

export function decodeChange(line: string): Change {
  return change.parse(JSON.parse(line))
}
