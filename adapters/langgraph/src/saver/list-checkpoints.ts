import type { RunnableConfig } from '@langchain/core/runnables'
import type { CheckpointListOptions, CheckpointTuple } from '@langchain/langgraph-checkpoint'
import { allOfUser, type UserOwner } from '@harborage/core'
import type { StateRecord } from '@harborage/state'
import { readArguments } from '@harborage/core/adapter'
import { checkListOptions } from './check-arguments.ts'
import { compareText } from './compare-text.ts'
import {
  findCheckpoint,
  type FoundCheckpoint,
  isCheckpoint,
  ofCheckpoint,
} from './find-checkpoint.ts'
import { CHECKPOINT_PREFIX, checkpointKind, namespacePrefix, parseCheckpointKind } from './kinds.ts'
import { loadSlots } from '../load-slots.ts'
import { loadTuples, type OpenedCheckpoint, openCheckpoint } from './load-tuples.ts'
import { matcherOf } from './metadata-filter.ts'
import { checkpointIdOf, findPlace, namespaceOf, type Thread } from './place.ts'
import type { SaverCall } from './saver-call.ts'
import { readThread } from './thread-record.ts'

/** The largest number of checkpoints whose large values are loaded together. */
const BATCH = 20
/** The largest number of slots that are read at a time. */
const MAX_PAGE = 100
/** The slots to read for each checkpoint: the checkpoint and the writes of a task. */
const SLOTS_PER_CHECKPOINT = 2

/** What a list is of. */
interface Selection {
  /** `undefined` for all. */
  readonly namespace: string | undefined
  /** `undefined` for all. */
  readonly checkpointId: string | undefined
  /** Only checkpoints with a lower id. */
  readonly before: string | undefined
  readonly limit: number
}

/** Yields the checkpoints of a thread, the newest first, or those of each thread of the user. */
export async function* listCheckpoints(
  call: SaverCall,
  owner: UserOwner,
  config: RunnableConfig,
  given: CheckpointListOptions | undefined,
): AsyncGenerator<CheckpointTuple> {
  const { place, options, ...selection } = readArguments(() => {
    const checked = checkListOptions(given)
    return {
      place: findPlace(owner, config),
      options: checked,
      namespace: namespaceOf(config),
      checkpointId: checkpointIdOf(config),
      before: checked.before ? checkpointIdOf(checked.before) : undefined,
    }
  })
  const { filter } = options
  let left = limitOf(options)
  for await (const thread of place === undefined ? threadsOf(call, owner) : [place.thread]) {
    if (left <= 0) return
    for await (const tuple of listThread(call, thread, { ...selection, limit: left }, filter)) {
      yield tuple
      left -= 1
      if (left <= 0) return
    }
  }
}

async function* listThread(
  call: SaverCall,
  thread: Thread,
  selection: Selection,
  filter: Readonly<Record<string, unknown>> | undefined,
): AsyncGenerator<CheckpointTuple> {
  const matches = matcherOf(call.serde, filter)
  let batch: OpenedCheckpoint[] = []
  let left = selection.limit
  for await (const found of select(call, thread, selection)) {
    const opened = openCheckpoint(found)
    if (matches !== undefined && !(await matches(opened.content))) continue
    batch.push(opened)
    left -= 1
    if (batch.length < BATCH && left > 0) continue
    yield* loadTuples(call, thread, batch)
    batch = []
    if (left <= 0) return
  }
  yield* loadTuples(call, thread, batch)
}

function select(
  call: SaverCall,
  thread: Thread,
  selection: Selection,
): AsyncIterable<FoundCheckpoint> {
  const { namespace, checkpointId } = selection
  if (namespace === undefined) return selectAnywhere(call, thread, selection)
  return checkpointId === undefined
    ? selectIn(call, thread, namespace, selection)
    : selectOne(call, thread, namespace, selection)
}

async function* selectOne(
  { state }: SaverCall,
  { session }: Thread,
  namespace: string,
  { checkpointId = '', before }: Selection,
): AsyncGenerator<FoundCheckpoint> {
  if (before !== undefined && compareText(checkpointId, before) >= 0) return
  const found = await findCheckpoint(state, session, checkpointKind(namespace, checkpointId))
  if (found !== undefined) yield found
}

/** Yields the checkpoints of a namespace, the newest first. */
async function* selectIn(
  { state }: SaverCall,
  { session }: Thread,
  namespace: string,
  { before, limit }: Selection,
): AsyncGenerator<FoundCheckpoint> {
  const to = before === undefined ? {} : { to: checkpointKind(namespace, before) }
  const pageSize = Math.min(MAX_PAGE, limit * SLOTS_PER_CHECKPOINT + 1)
  let writes: StateRecord[] = []
  const records = state.list(session, namespacePrefix(namespace), {
    order: 'descending',
    pageSize,
    ...to,
  })
  for await (const record of records) {
    if (!isCheckpoint(record)) writes.push(record)
    else {
      yield { checkpoint: record, writes: ofCheckpoint(record, writes) }
      writes = []
    }
  }
}

/** Yields the checkpoints of all namespaces, the newest first. Reads all their names before. */
async function* selectAnywhere(
  { state }: SaverCall,
  { session }: Thread,
  { before, checkpointId, limit }: Selection,
): AsyncGenerator<FoundCheckpoint> {
  const slots = new Map<string, { readonly id: string; readonly kinds: string[] }>()
  for await (const { kind } of state.listKeys(session, CHECKPOINT_PREFIX, { pageSize: 1000 })) {
    const { checkpoint, id = '' } = parseCheckpointKind(kind)
    const known = slots.get(checkpoint)
    if (known === undefined) slots.set(checkpoint, { id, kinds: [kind] })
    else known.kinds.push(kind)
  }
  const wanted = [...slots.values()]
    .filter(({ id }) => before === undefined || compareText(id, before) < 0)
    .filter(({ id }) => checkpointId === undefined || id === checkpointId)
    .sort((left, right) => compareText(right.id, left.id))
  const size = Math.min(BATCH, limit)
  for (let from = 0; from < wanted.length; from += size) {
    const kinds = wanted.slice(from, from + size).flatMap((each) => each.kinds)
    const records = await loadSlots(
      state,
      kinds.map((kind) => ({ identity: session, kind })),
    )
    const held = records.filter((record) => record !== undefined)
    for (const checkpoint of held.filter(isCheckpoint)) {
      yield { checkpoint, writes: ofCheckpoint(checkpoint, held) }
    }
  }
}

/** Yields the threads of a user. */
async function* threadsOf({ state }: SaverCall, owner: UserOwner): AsyncGenerator<Thread> {
  for await (const { tenantId, userId, sessionId } of state.sessions(allOfUser(owner))) {
    const session = { tenantId, userId, sessionId }
    const record = await readThread(state, session)
    // Others may keep sessions in the same store.
    if (record !== undefined) yield { id: record.threadId, session }
  }
}

/** Returns the largest number of checkpoints to yield. */
function limitOf({ limit }: CheckpointListOptions): number {
  return Math.max(0, Math.floor(limit ?? Number.POSITIVE_INFINITY))
}
