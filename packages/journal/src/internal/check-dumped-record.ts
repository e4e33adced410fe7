import { HarborageError, type EventId } from '@harborage/core'
import {
  captureBytes,
  captureDate,
  checkEventId,
  checkExpiry,
  checkName,
  checkRequiredName,
  checkStoredOwner,
  describeType,
  KnownNames,
  MAX_EVENT_ID_BYTES,
  MAX_KIND_BYTES,
} from '@harborage/core/kit'
import type { RememberedOperation } from '../decide.ts'
import type {
  DumpedEntry,
  DumpedId,
  DumpedRecord,
  DumpedReplacement,
  DumpedStream,
  JournalPlace,
} from '../dumped-record.ts'
import type { StreamKey } from '../journal-driver.ts'
import { MAX_APPEND_BYTES, REMEMBERED_OPERATIONS, type StreamHead } from '../journal-record.ts'

/** An argument before it is checked: its fields may be anything. */
type Unchecked<Argument> = { readonly [Field in keyof Argument]?: unknown }

/** What names the stream of a record. */
type Named = Pick<JournalPlace, 'owner' | 'stream' | 'generation'>

const placeNames = ['kind', 'owner', 'stream', 'generation'] as const
const names = {
  stream: new KnownNames('the stream', [...placeNames, 'head', 'recentAt', 'operations']),
  dropped: new KnownNames('the record', [...placeNames, 'position', 'entryId']),
  entry: new KnownNames('the entry', [
    ...placeNames,
    'position',
    'entryId',
    'type',
    'bytes',
    'createdAt',
  ]),
  replacement: new KnownNames('the record', [...placeNames, 'position', 'replacedAfter']),
}
const headNames = new KnownNames('the head', [
  'first',
  'position',
  'length',
  'updatedAt',
  'expiresAt',
])
const operationNames = new KnownNames('the operation', ['operationId', 'digest'])

/** The size of a SHA-256 in base64. */
const DIGEST_CHARACTERS = 44

/**
 * Checks a record of a dump, and copies its bytes.
 *
 * @throws `invalid_record`, `invalid_identity` or `identity_required`.
 */
export function checkDumpedRecord(given: unknown): DumpedRecord {
  const fields = fieldsOf<DumpedRecord>('the record', given)
  // First: the names of what is no record at all, such as a large array, may be many.
  const named = checkNamed(fields)
  switch (fields.kind) {
    case 'stream':
      return checkStream(named, fields)
    case 'dropped':
      return checkDropped(named, fields)
    case 'entry':
      return checkEntry(named, fields)
    case 'replacement':
      return checkReplacement(named, fields)
    default:
      throw malformed('the record has another kind')
  }
}

/** Checks the stream after which a walk over streams begins, and returns a copy of it. */
export function checkStreamPlace(after: StreamKey): StreamKey {
  const { owner, stream } = checkNamed({
    generation: ' ',
    ...fieldsOf<StreamKey>('the stream', after),
  })
  return { owner, stream }
}

/** Checks the place after which a dump begins, and returns a copy of it. */
export function checkPlace(after: JournalPlace): JournalPlace {
  const fields = fieldsOf<JournalPlace>('the place', after)
  const named = checkNamed(fields)
  const { position } = fields
  return position === undefined ? named : { ...named, position: wholeOf('position', position) }
}

function checkNamed({ owner, stream, generation }: Unchecked<JournalPlace>): Named {
  return {
    // Checked part by part.
    owner: checkStoredOwner(owner as JournalPlace['owner']),
    stream: checkRequiredName('stream', stream, 'invalid_record', MAX_KIND_BYTES),
    generation: checkRequiredName('generation', generation, 'invalid_record', MAX_EVENT_ID_BYTES),
  }
}

function checkStream(named: Named, given: Unchecked<DumpedStream>): DumpedStream {
  const { first, position, length, updatedAt, expiresAt } = fieldsOf<StreamHead>(
    'the head',
    given.head,
  )
  const head = {
    first: countOf('head.first', first),
    position: countOf('head.position', position),
    length: countOf('head.length', length),
    updatedAt: dateOf('head.updatedAt', updatedAt),
    expiresAt: expiresAt === undefined ? undefined : checkExpiry(expiresAt),
  }
  const { recentAt, operations } = given
  const checked = {
    ...named,
    kind: 'stream' as const,
    head,
    recentAt: dateOf('recentAt', recentAt),
    operations: checkOperations(operations),
  }
  headNames.check(fieldsOf('the head', given.head))
  names.stream.check(given)
  return checked
}

function checkOperations(given: unknown): readonly RememberedOperation[] {
  if (!Array.isArray(given) || given.length > REMEMBERED_OPERATIONS) {
    throw malformed(`operations is no array of at most ${REMEMBERED_OPERATIONS}`)
  }
  const list: readonly unknown[] = given
  return Array.from({ length: list.length }, (_, index) => {
    const operation = fieldsOf<RememberedOperation>('an operation', list[index])
    const { operationId, digest } = operation
    const isDigest = typeof digest === 'string' && /^[\w+\/=\-]*$/v.test(digest)
    if (!isDigest || digest.length > DIGEST_CHARACTERS) throw malformed('a digest is malformed')
    operationNames.check(operation)
    return { operationId: checkEventId('an operation id', operationId), digest }
  })
}

function checkDropped(named: Named, given: Unchecked<DumpedId>): DumpedId {
  const position = wholeOf('position', given.position)
  if (position >= 0) throw malformed('the position of a dropped entry is not negative')
  const entryId = idOf(given.entryId)
  names.dropped.check(given)
  return { ...named, kind: 'dropped', position, entryId }
}

function checkEntry(named: Named, given: Unchecked<DumpedEntry>): DumpedEntry {
  const { entryId, type, bytes, createdAt } = given
  const checked = {
    ...named,
    kind: 'entry' as const,
    position: positionOf(given.position),
    entryId: idOf(entryId),
    type: checkName('type', type, 'invalid_record'),
    bytes: captureBytes('bytes', bytes, MAX_APPEND_BYTES, tooLarge),
    createdAt: dateOf('createdAt', createdAt),
  }
  names.entry.check(given)
  return checked
}

function checkReplacement(named: Named, given: Unchecked<DumpedReplacement>): DumpedReplacement {
  const position = positionOf(given.position)
  const replacedAfter = countOf('replacedAfter', given.replacedAfter)
  names.replacement.check(given)
  return { ...named, kind: 'replacement', position, replacedAfter }
}

function idOf(entryId: unknown): EventId {
  return checkEventId('entryId', entryId)
}

function positionOf(given: unknown): number {
  const position = wholeOf('position', given)
  if (position > 0) return position
  throw malformed('a position is not positive')
}

function countOf(field: string, given: unknown): number {
  const count = wholeOf(field, given)
  if (count >= 0) return count
  throw malformed(`${field} is negative`)
}

function wholeOf(field: string, given: unknown): number {
  if (typeof given === 'number' && Number.isSafeInteger(given)) return given + 0
  throw malformed(`${field} is no safe integer`)
}

function dateOf(field: string, given: unknown): Date {
  const copy = captureDate(given)
  if (copy !== undefined) return copy
  throw malformed(`${field} is no valid Date`)
}

function fieldsOf<Argument>(what: string, given: unknown): Unchecked<Argument> {
  if (typeof given === 'object' && given !== null) return given
  throw malformed(`${what} is ${describeType(given)}`)
}

function malformed(fault: string): HarborageError {
  return new HarborageError('invalid_record', `${fault}: pass what dump() returned`)
}

function tooLarge(): HarborageError {
  return malformed(`bytes is longer than ${MAX_APPEND_BYTES} bytes`)
}
