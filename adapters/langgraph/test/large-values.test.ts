import { listenToOperations } from '@harborage/core'
import { HarborageSaver } from '@harborage/langgraph'
import { MAX_STATE_BYTES } from '@harborage/state'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { JsonPlusSerializer, type PendingWrite } from '@langchain/langgraph-checkpoint'
import { expect, test } from 'vitest'

import { idOf, put, threadConfig } from './support/checkpoints.ts'
import { onEachEngine } from './support/engines.ts'
import { ring, valuesOf } from './support/graphs.ts'
import { newOwner } from './support/new-owner.ts'

/** Returns a value that no other size has, of so many characters. */
const valueOf = (length: number): string => 'x'.repeat(length)

const sizes = [1, 200, 254, 255, 256, 1_000, 8_000, 8_190, 8_191, 50_000]

onEachEngine('the values of channels', (place) => {
  const newSaver = (owner = newOwner(), serde?: JsonPlusSerializer): HarborageSaver =>
    new HarborageSaver({ state: place.state(), owner, ...(serde === undefined ? {} : { serde }) })
  const slots = async (owner: ReturnType<typeof newOwner>, prefix: string) =>
    collect(place.state().listKeys({ ...owner, sessionId: 't1' }, prefix))

  async function operationsOf(call: () => Promise<unknown>): Promise<string[]> {
    const operations: string[] = []
    const stop = listenToOperations({ onStart: ({ operation }) => operations.push(operation) })
    try {
      await call()
    } finally {
      stop()
    }
    return operations
  }

  test.each(sizes)('of %d characters are the same at every checkpoint', async (size) => {
    const owner = newOwner()
    const saver = newSaver(owner)
    const values = { once: valueOf(size), static: valueOf(size + 1) }
    let config = await put(saver, threadConfig('t1'), { values })
    for (let step = 2; step <= 4; step += 1) {
      config = await put(step === 3 ? newSaver(owner) : saver, config, {
        values: { ...values, once: valueOf(size + step) },
        versions: { once: step, static: 1 },
        newVersions: { once: step },
      })
    }
    const tuples = await collect(newSaver(owner).list(threadConfig('t1')))
    expect(tuples.map(({ checkpoint }) => checkpoint.channel_values)).toEqual([
      { ...values, once: valueOf(size + 4) },
      { ...values, once: valueOf(size + 3) },
      { ...values, once: valueOf(size + 2) },
      values,
    ])
  })

  test('that are large and stay are stored and serialized once', async () => {
    const owner = newOwner()
    const serialized: number[] = []
    class CountingSerializer extends JsonPlusSerializer {
      override async dumpsTyped(value: unknown): Promise<[string, Uint8Array]> {
        const [type, bytes] = await super.dumpsTyped(value)
        serialized.push(bytes.length)
        return [type, bytes]
      }
    }
    const document = valueOf(42 * 1024)
    const graph = ring(newSaver(owner, new CountingSerializer()), 20)
    const config = { configurable: { thread_id: 't1' } }
    await graph.invoke({ log: ['begin'], document }, config)
    // The value of the channel, and the input as a whole.
    expect(await slots(owner, 'lg/b')).toHaveLength(2)
    const checkpoints = await slots(owner, 'lg/c')
    // The writes of the first task.
    expect(checkpoints.filter(({ size }) => size > document.length)).toHaveLength(1)
    expect(serialized.filter((length) => length > document.length)).toHaveLength(3)
    expect(valuesOf(await graph.getState(config)).document).toBe(document)
  })

  test('that are equal are stored once for all namespaces of a thread', async () => {
    const owner = newOwner()
    const saver = newSaver(owner)
    for (const namespace of ['', 'inner:1', 'inner:2']) {
      await put(saver, threadConfig('t1', namespace), { values: { shared: valueOf(20_000) } })
    }
    expect(await slots(owner, 'lg/b')).toHaveLength(1)
  })

  test('are put in one commit', async () => {
    const saver = newSaver()
    const first = await put(saver, threadConfig('t1'), { values: { large: valueOf(20_000) } })
    const operations = await operationsOf(async () => {
      const config = await put(saver, first, {
        values: { large: valueOf(20_001), small: 1 },
        newVersions: { large: 2, small: 1 },
      })
      await saver.putWrites(
        config,
        [
          ['a', valueOf(20_000)],
          ['b', 2],
        ],
        'task',
      )
    })
    expect(operations).toEqual(['commit', 'commit'])
  })

  test('come in one read, or in two if one is large', async () => {
    const saver = newSaver()
    let config = await put(saver, threadConfig('t1'), { values: { small: 1 } })
    await saver.putWrites(config, [['a', 1]], 'task')
    const getNewest = () => saver.getTuple(threadConfig('t1'))
    const getNamed = () => saver.getTuple(config)
    expect(await operationsOf(getNewest)).toEqual(['list'])
    expect(await operationsOf(getNamed)).toEqual(['list'])
    config = await put(saver, config, { values: { small: 1, large: valueOf(20_000) } })
    expect(await operationsOf(getNewest)).toEqual(['list', 'loadMany'])
    expect(await operationsOf(getNamed)).toEqual(['list', 'loadMany'])
    const list = () => collect(saver.list(threadConfig('t1', ''), { limit: 10 }))
    expect(await operationsOf(list)).toEqual(['list', 'loadMany'])
  })

  test('are the same whatever the type of the value is', async () => {
    const owner = newOwner()
    const values = {
      absent: undefined,
      nothing: null,
      bytes: new Uint8Array([0, 255, 7]),
      largeBytes: new Uint8Array(20_000).fill(9),
      map: new Map([['a', new Set([1, 2])]]),
      error: new Error('out of memory'),
      date: '2026-11-30T09:00:00.000Z',
      text: 'caf\u00e9 \ud83d\ude00 \u0000 \ud800',
      nested: { list: [1, [2, { deep: true }]], empty: {} },
      zero: 0,
      no: false,
      blank: '',
    }
    const config = await put(newSaver(owner), threadConfig('t1'), { values })
    const read = await newSaver(owner).getTuple(config)
    expect(read?.checkpoint.channel_values).toEqual(values)
    expect(Object.keys(read?.checkpoint.channel_values ?? {})).toEqual(Object.keys(values))
  })

  test('may be changed by a caller without changing what is stored', async () => {
    const saver = newSaver()
    const values = { list: [1], bytes: new Uint8Array([1]) }
    const config = await put(saver, threadConfig('t1'), { values })
    values.list.push(2)
    values.bytes[0] = 2
    const held = (await saver.getTuple(config))?.checkpoint.channel_values
    expect(held).toEqual({ list: [1], bytes: new Uint8Array([1]) })
    Object.assign(held ?? {}, { list: [] })
    expect((await saver.getTuple(config))?.checkpoint.channel_values).toEqual({
      list: [1],
      bytes: new Uint8Array([1]),
    })
  })

  test('of a put that is repeated are as they were, and nothing is added', async () => {
    const owner = newOwner()
    const saver = newSaver(owner)
    const config = await put(saver, threadConfig('t1'), {
      values: { small: 1, large: valueOf(20_000) },
    })
    const before = await slots(owner, '')
    const tuple = await saver.getTuple(config)
    if (tuple?.metadata === undefined) throw new Error('it is gone')
    const { checkpoint, metadata } = tuple
    for (const again of [saver, newSaver(owner)]) {
      const repeated = await again.put(
        threadConfig('t1'),
        checkpoint,
        metadata,
        checkpoint.channel_versions,
      )
      expect(idOf(repeated)).toBe(idOf(config))
    }
    expect(await slots(owner, '')).toEqual(before)
  })

  test('of a checkpoint that is put again with others are the later ones', async () => {
    const saver = newSaver()
    const config = await put(saver, threadConfig('t1'), { values: { a: 1 } })
    await put(saver, threadConfig('t1'), { id: idOf(config), values: { a: 2 } })
    expect((await saver.getTuple(config))?.checkpoint.channel_values).toEqual({ a: 2 })
  })

  test('beside fields that this release does not know are kept, and so are the fields', async () => {
    const saver = newSaver()
    const config = await put(saver, threadConfig('t1'), { values: { a: 1 } })
    const tuple = await saver.getTuple(config)
    if (tuple?.metadata === undefined) throw new Error('it is gone')
    const checkpoint = { ...tuple.checkpoint, v: 9, tags: new Map([['a', 1]]) }
    await saver.put(config, checkpoint, tuple.metadata, {})
    expect((await saver.getTuple(config))?.checkpoint).toEqual(checkpoint)
  })

  test('are refused above 64 MiB, and the error says which it is', async () => {
    const owner = newOwner()
    const saver = newSaver(owner, new LengthsOnly())
    const values = { small: 1, huge: MAX_STATE_BYTES }
    const ofChannel = await failureOf(put(saver, threadConfig('t1'), { values }))
    expect(ofChannel).toMatchObject({
      code: 'value_too_large',
      threadId: 't1',
      channel: 'huge',
      taskId: undefined,
    })
    expect(ofChannel.message).toMatch(/the value of the channel huge is larger than the 64 MiB/)
    expect(await collect(saver.list({}))).toEqual([])

    const config = await put(saver, threadConfig('t1'))
    const oneWrite = saver.putWrites(config, [['huge', MAX_STATE_BYTES]], 'task-7')
    expect(await failureOf(oneWrite)).toMatchObject({
      code: 'value_too_large',
      threadId: 't1',
      channel: 'huge',
      taskId: 'task-7',
    })
    const half = MAX_STATE_BYTES / 2
    const writes: PendingWrite[] = [
      ['one', half],
      ['other', half],
    ]
    const ofTask = await failureOf(saver.putWrites(config, writes, 'task-7'))
    expect(ofTask).toMatchObject({
      code: 'value_too_large',
      threadId: 't1',
      channel: undefined,
      taskId: 'task-7',
    })
    expect(ofTask.message).toMatch(/the writes of the task task-7 are together larger/)
    expect((await saver.getTuple(config))?.pendingWrites).toEqual([])
  })
})

/** Writes a large number as so many bytes. */
class LengthsOnly extends JsonPlusSerializer {
  override async dumpsTyped(value: unknown): Promise<[string, Uint8Array]> {
    return typeof value === 'number' && value > 1_000
      ? ['bytes', new Uint8Array(value)]
      : super.dumpsTyped(value)
  }
}
