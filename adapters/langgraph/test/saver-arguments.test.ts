import { HarborageSaver } from '@harborage/langgraph'
import { openStateStore } from '@harborage/state'
import { failureOf } from '@harborage/test-kit/failure-of'
import { placesIn, withValueAt } from '@harborage/test-kit/hostile/argument-places'
import { callUnchecked } from '@harborage/test-kit/hostile/call-unchecked'
import { hostileValues, SECRET } from '@harborage/test-kit/hostile/hostile-values'
import { refusalOf } from '@harborage/test-kit/hostile/refusal-of'
import { JsonPlusSerializer } from '@langchain/langgraph-checkpoint'
import { describe, expect, test } from 'vitest'

import { checkpointOf, idOf, put, threadConfig } from './support/checkpoints.ts'
import { newOwner } from './support/new-owner.ts'

const checkpoint = checkpointOf({ values: { count: 1 } })
const metadata = { source: 'loop', step: 0, parents: { '': checkpoint.id } }
const config = {
  configurable: { thread_id: 't1', checkpoint_ns: '', checkpoint_id: checkpoint.id },
}

const goodArguments: Readonly<Record<string, readonly unknown[]>> = {
  getTuple: [config],
  list: [config, { limit: 5, before: config, filter: { source: 'loop' } }],
  put: [threadConfig('t1', ''), checkpoint, metadata, { count: 1 }],
  putWrites: [config, [['count', 2]], 'task', 'path'],
  deleteThread: ['t1'],
  pruneThread: ['t1', { keepLatest: 1 }],
  getDeltaChannelHistory: [{ config, channels: ['count'] }],
}

/** What the serializer writes, which goes through an array of any length. */
const isValue = (method: string, place: readonly (string | number)[]): boolean =>
  (method === 'put' && place.length > 1 && /channel_values|^2,/.test(String(place))) ||
  (method === 'putWrites' && String(place) === '1,0,1')

async function withSaver(use: (saver: HarborageSaver) => Promise<void>): Promise<void> {
  await using state = await openStateStore()
  await use(new HarborageSaver({ state, owner: newOwner() }))
}

describe.each(Object.entries(goodArguments))('%s', (method, good) => {
  test.each(placesIn(good).map((place) => ({ at: place.join('.'), place })))(
    'takes any value at argument $at, or refuses it with a typed error that quotes nothing',
    ({ place }) =>
      withSaver(async (saver) => {
        for (const [what, value] of Object.entries(hostileValues)) {
          if (what.includes('a great length') && isValue(method, place)) continue
          const args = withValueAt(good, place, value)
          const error = await refusalOf(() => callUnchecked(saver, method, ...args))
          if (error === undefined) continue
          expect(
            ['identity_required', 'invalid_identity', 'invalid_record', 'condition_failed'],
            `${what}: ${error.message}`,
          ).toContain(error.code)
          expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain(SECRET)
        }
        const kept = await put(saver, threadConfig('control'), { values: { count: 1 } })
        expect((await saver.getTuple(kept))?.checkpoint.channel_values).toEqual({ count: 1 })
        expect(Object.keys(Object.prototype)).toEqual([])
      }),
  )

  test('refuses a call without arguments', () =>
    withSaver(async (saver) => {
      await failureOf(() => callUnchecked(saver, method))
    }))
})

const refused: readonly (readonly [message: RegExp, method: string, args: readonly unknown[]])[] = [
  [/the config is missing/, 'getTuple', []],
  [/the checkpoint is missing/, 'put', [threadConfig('t1')]],
  [/the checkpoint is malformed/, 'put', [threadConfig('t1'), { ...checkpoint, id: undefined }]],
  [/the checkpoint is malformed/, 'put', [threadConfig('t1'), { ...checkpoint, v: undefined }]],
  [/the metadata are missing/, 'put', [threadConfig('t1'), checkpoint]],
  [/the metadata are null/, 'put', [threadConfig('t1'), checkpoint, null, {}]],
  [/newVersions is missing/, 'put', [threadConfig('t1'), checkpoint, metadata]],
  [/the task id is of type number/, 'putWrites', [config, [['a', 1]], 5]],
  [/the writes are of type string/, 'putWrites', [config, 'a', 'task']],
  [/the writes are malformed/, 'putWrites', [config, ['a'], 'task']],
  [/the options are null/, 'list', [config, null]],
  [/the options are of type string/, 'list', [config, 'newest']],
  [/no option limt: a list takes limit, before, filter/, 'list', [config, { limt: 2 }]],
  [/no option befor:/, 'list', [config, { befor: config }]],
  [/limit is of type string/, 'list', [config, { limit: '2' }]],
  [/limit is not a number/, 'list', [config, { limit: Number.NaN }]],
  [/before is of type string/, 'list', [config, { before: idOf(config) }]],
  [/filter is an array/, 'list', [config, { filter: [] }]],
  [/filter is of type string/, 'list', [config, { filter: 'loop' }]],
  [/the options are missing/, 'pruneThread', ['t1']],
  [/no option keepLast: pruning a thread takes keepLatest/, 'pruneThread', ['t1', { keepLast: 2 }]],
  [/no option dryRun/, 'pruneThread', ['t1', { keepLatest: 2, dryRun: true }]],
  [/keepLatest is no whole number/, 'pruneThread', ['t1', { keepLatest: '2' }]],
  [/channels is missing/, 'getDeltaChannelHistory', [{ config }]],
]

test.each(refused)('an error says %s, of %s', (message, method, args) =>
  withSaver(async (saver) => {
    const { code, message: said } = await failureOf(() => callUnchecked(saver, method, ...args))
    expect(code).toBe('invalid_record')
    expect(said).toMatch(message)
  }),
)

test.each<[id: unknown, said: RegExp]>([
  [undefined, /is missing/],
  [null, /is null/],
  ['', /is empty/],
  [true, /is of type boolean/],
  [{}, /is of type object/],
  [['t1'], /is an array/],
  [Number.NaN, /is not finite/],
])('of the thread id %j it says what it is', (id, said) =>
  withSaver(async (saver) => {
    for (const [method, args] of [
      ['put', [threadConfig(id), checkpoint, metadata, {}]],
      ['deleteThread', [id]],
    ] as const) {
      const error = await failureOf(() => callUnchecked(saver, method, ...args))
      expect(error.code).toMatch(/^(?:identity_required|invalid_identity)$/)
      expect(error.message).toMatch(said)
    }
  }),
)

test('null stands for an option of a list that is left out', () =>
  withSaver(async (saver) => {
    await put(saver, threadConfig('t1'))
    const options = { limit: null, before: null, filter: null }
    expect(await callUnchecked(saver, 'list', threadConfig('t1'), options)).toHaveLength(1)
  }))

test('an error of a value says which channel and task it is of, and of which thread', async () => {
  class Refusing extends JsonPlusSerializer {
    override async dumpsTyped(value: unknown): Promise<[string, Uint8Array]> {
      if (value === 'unwritable') throw new Error('it cannot be written')
      return super.dumpsTyped(value)
    }
  }
  await using state = await openStateStore()
  const saver = new HarborageSaver({ state, owner: newOwner(), serde: new Refusing() })
  const values = { good: 1, bad: 'unwritable' }
  const ofCheckpoint = await failureOf(put(saver, threadConfig('thread-1'), { values }))
  expect(ofCheckpoint).toMatchObject({
    code: 'invalid_record',
    threadId: 'thread-1',
    channel: 'bad',
  })
  expect(ofCheckpoint.message).toMatch(/the value of the channel bad cannot be serialized/)
  expect(ofCheckpoint.message).not.toContain('thread-1')
  const config = await put(saver, threadConfig('thread-1'))
  const ofWrites = await failureOf(saver.putWrites(config, [['bad', 'unwritable']], 'task-7'))
  expect(ofWrites).toMatchObject({ threadId: 'thread-1', channel: 'bad', taskId: 'task-7' })
  expect(ofWrites.message).toMatch(/what the task task-7 writes to the channel bad/)
})
