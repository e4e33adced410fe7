import { z } from 'zod'
import type { Selection } from '../arguments/identity-options.ts'
import { dumpNames, type DumpName } from '../profile/profile.ts'

/** The name of the format of an export. */
export const FORMAT = 'harborage.export'

/** Its version: it grows when a reader of an earlier release would misread a line. */
export const FORMAT_VERSION = 1

/**
 * The largest line in bytes, without its end. It has the largest artifact, of 256 MiB, in base64,
 * and is less than the longest text of Node.js.
 */
export const MAX_LINE_BYTES = 500_000_000

/** The first line. */
export interface HeaderLine {
  readonly format: typeof FORMAT
  readonly v: typeof FORMAT_VERSION
  /** When it was written, as ISO 8601 has it. */
  readonly exportedAt: string
  /** What it has all of. */
  readonly of: Selection
}

/** A line with a record of a store. */
export interface RecordLine {
  readonly store: DumpName
  readonly record: Readonly<Record<string, unknown>>
}

/** The last line. */
export interface EndLine {
  readonly end: true
  readonly records: RecordCounts
  /** The SHA-256 of all lines before, with their ends, in hex. */
  readonly sha256: string
}

/** The schema of what the first lines of all versions have. */
export const anyHeader: z.ZodType<{ readonly format: string; readonly v: number }> = z.object({
  format: z.literal(FORMAT),
  v: z.int().min(1),
})

/** The schema of the first line. */
export const headerLine: z.ZodType<HeaderLine> = z.strictObject({
  format: z.literal(FORMAT),
  v: z.literal(FORMAT_VERSION),
  exportedAt: z.iso.datetime(),
  of: z.strictObject({
    tenantId: z.string().min(1),
    userId: z.string(),
    sessionId: z.string(),
    runId: z.string(),
  }),
})

/** The schema of a line with a record. */
export const recordLine: z.ZodType<RecordLine> = z.strictObject({
  store: z.enum(dumpNames),
  record: z.record(z.string(), z.unknown()),
})

/** The schema of the last line. */
export const endLine: z.ZodType<EndLine> = z.strictObject({
  end: z.literal(true),
  records: z.partialRecord(z.enum(dumpNames), z.int().min(0)),
  sha256: z.string().regex(/^[\da-f]{64}$/),
})

/** How many records of each store an export has. */
export type RecordCounts = Readonly<Partial<Record<DumpName, number>>>

/** Returns the object of the first line. */
export function headerOf(of: Selection): HeaderLine {
  return { format: FORMAT, v: FORMAT_VERSION, exportedAt: new Date().toISOString(), of }
}

/** Returns the number of records of all stores. */
export function sumOf(counts: RecordCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
