import { join } from 'node:path'
import { types } from 'node:util'

import { allOfSession, newEventId, parseEventId } from '@harborage/core'
import type { StateStore } from '@harborage/state'
import { fixturesIn } from '@harborage/test-kit/adapters/fixtures'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import type { RunnableConfig } from '@langchain/core/runnables'
import { type CheckpointTuple, type PendingWrite, uuid6 } from '@langchain/langgraph-checkpoint'
import { describe, expect, test } from 'vitest'

import { HarborageSaver } from '../src/saver/harborage-saver.ts'
import { put, threadConfig } from './support/checkpoints.ts'
import { ann } from './support/open-store.ts'
import { memory, places } from './support/places.ts'

/**
 * Checkpoints, and the records that a release has stored for them. It has the threads `order 4711`
 * with a fork, subgraphs and writes, `imported`, one with a long id, and `gone`, which was deleted.
 * A fixture is never changed.
 */
interface Fixture {
  readonly checkpoints: readonly Shown[]
  readonly records: readonly {
    readonly sessionId: string
    readonly kind: string
    readonly eventId: string
    readonly base64: string
  }[]
}

/** A checkpoint as JSON. Bytes are objects of their `base64`. */
interface Shown {
  readonly threadId: string
  readonly namespace: string
  readonly id: string
  readonly parentId: string | null
  readonly values: Readonly<Record<string, unknown>>
  readonly versions: Readonly<Record<string, number | string>>
  readonly metadata: unknown
  readonly writes: readonly (readonly [task: string, channel: string, value: unknown])[]
}

const folder = join(import.meta.dirname, '../fixtures')
const fixtures = fixturesIn<Fixture>(folder, 'threads-format-*.json')

describe.each(fixtures)('%s', (_, { checkpoints, records }) => {
  describe.each(places)('on $name', ({ open }) => {
    const opened = async (): Promise<{ state: StateStore; saver: HarborageSaver }> => {
      const state = await open()
      for (const { sessionId, kind, eventId, base64 } of records) {
        const bytes = Buffer.from(base64, 'base64')
        const identity = { ...ann, sessionId }
        await state.save({ identity, kind, eventId: parseEventId(eventId), bytes })
      }
      return { state, saver: new HarborageSaver({ state, owner: ann, fence: true }) }
    }

    test('is read as it was written', async () => {
      const { saver } = await opened()
      const read = (await collect(saver.list({ configurable: {} }))).map(shown)
      expect(read).toHaveLength(checkpoints.length)
      expect(read).toEqual(expect.arrayContaining([...checkpoints]))
      for (const { threadId, namespace, id } of checkpoints) {
        const tuple = await saver.getTuple(namedConfig(threadId, namespace, id))
        expect(tuple && shown(tuple)).toEqual(
          checkpoints.find((each) => each.id === id && each.namespace === namespace),
        )
      }
    })

    test('goes on behind its fence, and is pruned', async () => {
      const { saver } = await opened()
      const newest = await saver.getTuple(threadConfig('order 4711', ''))
      if (newest === undefined) throw new Error('it is gone')
      const next = await put(saver, newest.config, { id: uuid6(9), values: { count: 10 } })
      const late = put(saver, newest.config, { id: uuid6(9) })
      expect((await failureOf(late)).code).toBe('condition_failed')
      const removed = await saver.pruneThread('order 4711', { keepLatest: 1 })
      expect(removed).toMatchObject({ checkpoints: 3, values: 1 })
      expect((await saver.getTuple(next))?.checkpoint.channel_values).toEqual({ count: 10 })
    })

    test('keeps the first writes of a task, and replaces those of special channels', async () => {
      const { saver } = await opened()
      const asked = checkpoints.find(({ writes }) => writes.length > 0)
      if (asked === undefined) throw new Error('no checkpoint of the fixture has writes')
      const { threadId, namespace, id, writes } = asked
      const named = namedConfig(threadId, namespace, id)
      const again: PendingWrite[] = writes.map(([, channel]) => [channel, 'again'])
      for (const task of new Set(writes.map(([taskId]) => taskId))) {
        await saver.putWrites(named, again, task)
      }
      const tuple = await saver.getTuple(named)
      const kept = writes.filter(([, channel]) => channel !== '__interrupt__')
      expect(tuple && shown(tuple).writes).toEqual(expect.arrayContaining(kept))
      const asks = tuple?.pendingWrites?.filter(([, channel]) => channel === '__interrupt__')
      expect(asks?.map(([, , value]) => value)).toEqual(['again', 'again'])
    })

    test('stays deleted, and is deleted and erased', async () => {
      const { state, saver } = await opened()
      const late = put(saver, threadConfig('gone'), { id: BEFORE_DELETION })
      expect((await failureOf(late)).code).toBe('thread_deleted')
      await saver.deleteThread('order 4711')
      const session = { tenantId: 'acme', userId: 'ann', sessionId: 'order 4711' }
      expect(await state.count(session, '')).toBe(1)
      await state.deleteAll(allOfSession(session))
      expect(await state.count(session, '')).toBe(0)
    })
  })
})

const BEFORE_DELETION = '1f0cdc00-0000-6009-8000-000000000000'

test('there is a fixture of the format that is written now', async () => {
  const [, fixture] = fixtures.at(-1) ?? []
  const state = await memory.open()
  const saver = new HarborageSaver({ state, owner: ann })
  const config = await put(saver, threadConfig('t1'), { values: { large: 'x'.repeat(10_000) } })
  await saver.putWrites(config, [['large', 1]], 'task')
  const records = await collect(state.list({ ...ann, sessionId: 't1' }, ''))
  expect(records).toHaveLength(4)
  const formats = new Set(fixture?.records.map(({ base64 }) => Buffer.from(base64, 'base64')[0]))
  expect(new Set(records.map(({ bytes }) => bytes[0]))).toEqual(formats)
})

test('what a newer release wrote is refused, and what is damaged', async () => {
  const state = await memory.open()
  const saver = new HarborageSaver({ state, owner: ann })
  const config = await put(saver, threadConfig('t1'))
  const session = { ...ann, sessionId: 't1' }
  const [, checkpoint] = await collect(state.list(session, ''))
  if (checkpoint === undefined) throw new Error('nothing was saved')
  const broken: readonly (readonly [bytes: Uint8Array, code: string])[] = [
    [Buffer.concat([Buffer.from([2]), checkpoint.bytes.subarray(1)]), 'schema_too_new'],
    [checkpoint.bytes.subarray(0, -1), 'store_unavailable'],
    [checkpoint.bytes.subarray(0, 3), 'store_unavailable'],
  ]
  for (const [bytes, code] of broken) {
    await state.save({ ...checkpoint, eventId: newEventId(), bytes })
    const failure = await failureOf(saver.getTuple(config))
    expect(failure).toMatchObject({ code, retryable: false })
    expect((await failureOf(collect(saver.list(config)))).code).toBe(code)
  }
  await saver.deleteThread('t1')
  expect(await saver.getTuple(config)).toBeUndefined()
})

function namedConfig(
  thread_id: string,
  checkpoint_ns: string,
  checkpoint_id: string,
): RunnableConfig {
  return { configurable: { thread_id, checkpoint_ns, checkpoint_id } }
}

function shown({ config, checkpoint, metadata, parentConfig, pendingWrites }: CheckpointTuple) {
  const { channel_values: values, channel_versions: versions } = checkpoint
  const names: Readonly<Record<string, unknown>> = config.configurable ?? {}
  const ofParent: Readonly<Record<string, unknown>> = parentConfig?.configurable ?? {}
  return {
    threadId: names['thread_id'],
    namespace: names['checkpoint_ns'],
    id: checkpoint.id,
    parentId: ofParent['checkpoint_id'] ?? null,
    values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, json(value)])),
    versions,
    metadata,
    writes: pendingWrites?.map(([task, channel, value]) => [task, channel, json(value)]) ?? [],
  }
}

/** Returns a value as a fixture shows it. */
function json(value: unknown): unknown {
  return types.isUint8Array(value) ? { base64: Buffer.from(value).toString('base64') } : value
}
