import { createHash } from 'node:crypto'
import type { z } from 'zod'
import type { Selection } from '../arguments/identity-options.ts'
import { CommandFailure } from '../command-failure.ts'
import type { DumpName } from '../profile/profile.ts'
import {
  anyHeader,
  endLine,
  FORMAT_VERSION,
  headerLine,
  MAX_LINE_BYTES,
  recordLine,
  type RecordCounts,
} from './export-format.ts'
import { readLines, type Line } from './read-lines.ts'
import { isOfSelection, type JsonObject } from './record-json.ts'

/** A record of an export. */
export interface ExportedRecord {
  /** The number of its line. */
  readonly line: number
  readonly store: DumpName
  readonly json: JsonObject
  /** The size of its line in bytes. */
  readonly bytes: number
}

/**
 * Yields the records of an export, and returns how many there are once its end was found right. The
 * stores check what is in a record.
 *
 * @throws CommandFailure with the number of the line that is malformed, or if the end is missing.
 */
export async function* readExport(
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<ExportedRecord, RecordCounts> {
  const digest = createHash('sha256')
  const counts: Partial<Record<DumpName, number>> = {}
  let of: Selection | undefined
  let isEnded = false
  let last = 0
  for await (const line of readLines(input, MAX_LINE_BYTES, tooLong)) {
    const { number, bytes } = line
    last = number
    if (isEnded) throw malformed(number, 'comes after the end')
    if (!line.hasEnd) throw cutOff(number)
    const json = jsonOf(line)
    if (of === undefined) {
      of = checkHeader(json)
    } else if (isObject(json) && Object.hasOwn(json, 'end')) {
      checkEnd(number, json, { counts, sha256: digest.copy().digest('hex') })
      isEnded = true
    } else {
      const { store, record } = checked(recordLine, json, number, 'is no record of an export')
      if (!isOfSelection(store, record, of)) {
        throw malformed(number, 'has a record of another owner than those of the first line')
      }
      counts[store] = (counts[store] ?? 0) + 1
      yield { line: number, store, json: record, bytes: bytes.byteLength }
    }
    digest.update(bytes).update('\n')
  }
  if (!isEnded) throw cutOff(last + 1)
  return counts
}

function checkHeader(json: unknown): Selection {
  const known = anyHeader.safeParse(json).data
  if (known === undefined) throw malformed(1, 'is not that of an export of Harborage')
  if (known.v > FORMAT_VERSION) {
    throw failed(
      `line 1: a newer release wrote it, with version ${known.v} of the format: update @harborage/cli`,
    )
  }
  return checked(headerLine, json, 1, 'is malformed').of
}

function checkEnd(
  number: number,
  json: unknown,
  found: { readonly counts: RecordCounts; readonly sha256: string },
): void {
  const { records, sha256 } = checked(endLine, json, number, 'is a malformed end')
  const stores = new Set([...Object.keys(records), ...Object.keys(found.counts)])
  const isSame = [...stores].every(
    (store) => countIn(records, store) === countIn(found.counts, store),
  )
  if (!isSame) throw malformed(number, 'counts other records than the file has')
  if (sha256 !== found.sha256)
    throw malformed(number, 'has another digest than the lines before it')
}

function countIn(counts: Readonly<Record<string, number>>, store: string): number {
  return counts[store] ?? 0
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Parses a line. The error of the parser would quote it. */
function jsonOf({ number, bytes }: Line): unknown {
  try {
    return JSON.parse(decoder.decode(bytes))
  } catch {
    throw malformed(number, 'is no JSON in UTF-8')
  }
}

function checked<Schema extends z.ZodType>(
  schema: Schema,
  json: unknown,
  number: number,
  fault: string,
): z.output<Schema> {
  const { data } = schema.safeParse(json)
  if (data === undefined) throw malformed(number, fault)
  return data
}

function isObject(json: unknown): json is object {
  return typeof json === 'object' && json !== null
}

/** Returns the failure for a line that is malformed. */
export function malformed(number: number, fault: string): CommandFailure {
  return failed(`line ${number} ${fault}: take the file as harborage export wrote it`)
}

function tooLong(number: number): CommandFailure {
  return malformed(number, `has more than ${MAX_LINE_BYTES} bytes`)
}

function cutOff(number: number): CommandFailure {
  return failed(`it ends in line ${number}, before its end: take the whole file, or export again`)
}

function failed(message: string): CommandFailure {
  return new CommandFailure('failed', message)
}
