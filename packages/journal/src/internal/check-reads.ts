import { HarborageError, type EventId, type Owner, type Subtree } from '@harborage/core'
import {
  checkEventId,
  checkLimit,
  checkName,
  checkOrder,
  checkOwner,
  checkPageSize,
  checkSignal,
  checkSubtree,
  describeType,
  KnownNames,
  listOptionNames,
  MAX_KIND_BYTES,
  type CheckedCall,
  type CheckedWalk,
} from '@harborage/core/kit'
import type { ReadPage, StreamsPage } from '../journal-driver.ts'
import {
  MAX_GET_ENTRIES,
  type FollowOptions,
  type ReadOptions,
  type StreamCursor,
  type StreamListOptions,
} from '../journal-record.ts'
import { checkPosition } from './check-stream.ts'

const readNames = new KnownNames('options', [...listOptionNames, 'from', 'to'])
const followNames = new KnownNames('options', ['signal', 'after', 'pageSize'])
const streamsNames = new KnownNames('options', [...listOptionNames, 'prefix'])
/** The names of `StreamCursor`, and of what a follower yields, which is one. */
const cursorNames = new KnownNames('options.after', [
  'generation',
  'position',
  'replacedAfter',
  'entryId',
  'type',
  'bytes',
  'createdAt',
])

/** The position beyond every position. */
const END = Number.MAX_SAFE_INTEGER

/** The checked options of a read. */
export interface CheckedRead extends CheckedWalk {
  readonly range: Pick<ReadPage, 'from' | 'to' | 'order'>
}

/** Checks the options of a read. */
export function checkRead(options: ReadOptions | undefined): CheckedRead {
  const signal = checkSignal(options, readNames)
  const from = options?.from
  const to = options?.to
  return {
    signal,
    limit: checkPageSize(options),
    total: checkLimit(options),
    range: {
      order: checkOrder(options),
      from: from === undefined ? 0 : checkPosition('options.from', from),
      to: to === undefined ? END : checkPosition('options.to', to),
    },
  }
}

/** The checked options of a follower. */
export interface CheckedFollow extends CheckedCall {
  readonly after: StreamCursor | undefined
  readonly limit: number
}

/** Checks the options of a follower. */
export function checkFollow(options: FollowOptions | undefined): CheckedFollow {
  const signal = checkSignal(options, followNames)
  const after: unknown = options?.after
  return {
    signal,
    after: after === undefined ? undefined : checkCursor(after),
    limit: checkPageSize(options),
  }
}

function checkCursor(cursor: unknown): StreamCursor {
  if (typeof cursor !== 'object' || cursor === null) {
    throw new HarborageError(
      'invalid_record',
      `options.after is ${describeType(cursor)}: pass { generation, position } or leave it out`,
    )
  }
  cursorNames.check(cursor)
  const { generation, position }: { generation?: unknown; position?: unknown } = cursor
  return {
    generation: checkEventId(
      'options.after.generation',
      generation,
      'take it from a head of the stream, or from what a follower yielded',
    ),
    position: checkPosition('options.after.position', position),
  }
}

/** Checks the ids of entries. They may repeat. */
export function checkEntryIds(entryIds: unknown): readonly EventId[] {
  if (!Array.isArray(entryIds)) {
    throw new HarborageError(
      'invalid_record',
      `entryIds is ${describeType(entryIds)}: pass an array of ids`,
    )
  }
  if (entryIds.length > MAX_GET_ENTRIES) {
    throw new HarborageError(
      'invalid_record',
      `entryIds has ${entryIds.length} ids: pass at most ${MAX_GET_ENTRIES}`,
    )
  }
  return Array.from<unknown, EventId>(entryIds, (entryId, index) =>
    checkEventId(`entryIds[${index}]`, entryId, 'pass the id of an entry'),
  )
}

/** The checked arguments of a walk over streams. */
export interface CheckedStreams extends CheckedWalk {
  readonly found: Omit<StreamsPage, 'withExpired' | 'after' | 'limit'>
}

/** Checks the arguments of a walk over streams. */
export function checkStreams(
  of: Owner | Subtree,
  options: StreamListOptions | undefined,
): CheckedStreams {
  const root = checkRoot(of)
  const signal = checkSignal(options, streamsNames)
  const prefix: unknown = options?.prefix
  const order: unknown = options?.order
  if (order !== undefined && order !== 'name' && order !== 'recent') {
    throw new HarborageError(
      'invalid_record',
      "options.order must be 'name' or 'recent': leave it out for 'name'",
    )
  }
  return {
    signal,
    limit: checkPageSize(options),
    total: options?.limit === undefined ? undefined : checkLimit({ limit: options.limit }),
    found: {
      ...root,
      prefix:
        prefix === undefined
          ? ''
          : checkName('options.prefix', prefix, 'invalid_record', MAX_KIND_BYTES),
      order: order ?? 'name',
    },
  }
}

/** Checks an owner or a subtree. Only a subtree has a level. */
function checkRoot(of: Owner | Subtree): Pick<StreamsPage, 'within' | 'level'> {
  if (typeof of !== 'object' || of === null || !('level' in of)) {
    return { within: checkOwner(of), level: 'run' }
  }
  const { level, tenantId, userId, sessionId, runId } = checkSubtree(of)
  return { within: { tenantId, userId, sessionId, runId }, level }
}
