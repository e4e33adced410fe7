import type { Followed, JournalStore, StreamHead } from '@harborage/journal'
import { collect } from '../../support/collect.ts'
import { FUTURE, PAST } from '../../support/expiry-dates.ts'
import type { Call } from '../../support/replay-calls.ts'
import { seen, take } from '../support/entries.ts'
import type { ExpiryChoice, PositionChoice, Step } from './step.ts'
import type { Vocabulary } from './vocabulary.ts'

type JournalCall = Call<JournalStore>

/**
 * Turns a step into a call. Positions that depend on the head are read from the model.
 *
 * @param earlier The writing calls so far, newest first.
 */
export async function callOf(
  step: Step,
  names: Vocabulary,
  model: JournalStore,
  earlier: readonly JournalCall[],
): Promise<JournalCall> {
  if (step.do === 'retry') {
    return earlier[step.callsAgo % earlier.length] ?? reading(async () => undefined)
  }
  const owner = names.owner(step.at)
  const stream = names.stream(step.at)
  const position = (await model.head(owner, stream))?.position ?? 0
  const at = (back: number): number => Math.max(0, position - back)
  switch (step.do) {
    case 'append': {
      const entries = step.entries.map(names.entry)
      const options = { ...conditionOf(step.condition, at), ...expiryOf(step.expiry) }
      return writing(async (store) => {
        const { head, entries: outcomes } = await store.append(owner, stream, entries, options)
        return { head: partsOf(head), outcomes }
      })
    }
    case 'replaceAfter': {
      const replacement = {
        owner,
        stream,
        position: at(step.back),
        entries: step.entries.map(names.entry),
        operationId: names.operationId(step.operation),
        ifPosition: at(step.condition),
      }
      return writing(async (store) => partsOf(await store.replaceAfter(replacement)))
    }
    case 'touch': {
      const { expiresAt = null } = expiryOf(step.expiry)
      return writing(async (store) => {
        const ifHead = await store.head(owner, stream)
        return ifHead && store.touch(owner, stream, { ifHead, expiresAt })
      })
    }
    case 'read': {
      const { order, limit, pageSize, from } = step
      const options = { order, limit, pageSize, from }
      return reading((store) => collect(store.read(owner, stream, options)))
    }
    case 'get': {
      const ids = step.ids.map(names.entryId)
      return reading((store) => store.get(owner, stream, ids))
    }
    case 'head':
      return reading(async (store) => partsOf(await store.head(owner, stream)))
    case 'follow':
      return reading((store) => followed(store, step.after, names, step.at))
    case 'trim': {
      const before = at(step.back)
      return writing((store) => store.trim(owner, stream, { before }))
    }
    case 'delete':
      return writing((store) => store.delete(owner, stream))
    case 'deleteAll':
      return writing((store) => store.deleteAll(names.subtree(step.level, step.at)))
    case 'streams': {
      const root = step.level === 'owner' ? owner : names.subtree(step.level, step.at)
      const options = { pageSize: step.pageSize, prefix: stream.slice(0, step.prefixLength) }
      return reading(async (store) => streamsOf(await collect(store.streams(root, options))))
    }
  }
}

/** Resolves to everything that a history has appended. */
export async function everything(store: JournalStore, names: Vocabulary): Promise<unknown> {
  const found = await collect(store.streams(names.tenant))
  const streams = await Promise.all(
    found.map(async ({ owner, stream }) => collect(store.read(owner, stream))),
  )
  return [streamsOf(found), streams]
}

/** Follows from a position on, as far as the stream goes. */
async function followed(
  store: JournalStore,
  position: number,
  names: Vocabulary,
  choice: Parameters<Vocabulary['owner']>[0],
): Promise<unknown> {
  const owner = names.owner(choice)
  const stream = names.stream(choice)
  const head = await store.head(owner, stream)
  if (head === undefined) return undefined
  const { generation } = head
  const after = { generation, position: Math.min(position, head.position) }
  const all: Followed[] = []
  // The last row of a stream is at the position of its head, unless it was trimmed.
  while ((all.at(-1)?.position ?? after.position) < Math.max(head.position, after.position)) {
    const next = await take(
      store.follow(owner, stream, { after: all.at(-1) ?? after, pageSize: 2 }),
      1,
    )
    all.push(...next)
  }
  return [seen(all), all.map((each) => each.position)]
}

/** Returns what two drivers agree on of a head: not its generation and its time. */
function partsOf(head: StreamHead | undefined): Partial<StreamHead> | undefined {
  if (head === undefined) return undefined
  const { first, position, length, expiresAt } = head
  return { first, position, length, expiresAt }
}

function streamsOf(found: readonly { owner: unknown; stream: string; head: StreamHead }[]) {
  return found.map(({ owner, stream, head }) => ({ owner, stream, head: partsOf(head) }))
}

function expiryOf(expiry: ExpiryChoice): { readonly expiresAt?: Date | null } {
  switch (expiry) {
    case 'same':
      return {}
    case 'never':
      return { expiresAt: null }
    case 'future':
      return { expiresAt: FUTURE }
    case 'past':
      return { expiresAt: PAST }
  }
}

function conditionOf(
  condition: PositionChoice,
  at: (back: number) => number,
): { readonly ifPosition?: number } {
  return condition === 'any' ? {} : { ifPosition: at(condition.back) }
}

function writing(run: JournalCall['run']): JournalCall {
  return { run, writes: true }
}

function reading(run: JournalCall['run']): JournalCall {
  return { run, writes: false }
}
