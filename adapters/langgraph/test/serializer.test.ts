import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { HarborageSaver } from '@harborage/langgraph'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { Annotation, StateGraph } from '@langchain/langgraph'
import { JsonPlusSerializer, type SerializerProtocol } from '@langchain/langgraph-checkpoint'
import { expect, test } from 'vitest'

import { put, threadConfig } from './support/checkpoints.ts'
import { onEachEngine } from './support/engines.ts'
import { ring } from './support/graphs.ts'
import { newOwner } from './support/new-owner.ts'

const key = randomBytes(32)

/** Encrypts with a new nonce each time, so that equal values have different bytes. */
const encrypting: SerializerProtocol = {
  async dumpsTyped(value: unknown) {
    const [type, bytes] = await new JsonPlusSerializer().dumpsTyped(value)
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    const encrypted = Buffer.concat([cipher.update(bytes), cipher.final()])
    return [`${type}+aes`, Buffer.concat([nonce, cipher.getAuthTag(), encrypted])]
  },
  async loadsTyped(type: string, data: Uint8Array | string): Promise<unknown> {
    const bytes = Buffer.from(data)
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
    decipher.setAuthTag(bytes.subarray(12, 28))
    const plain = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()])
    return new JsonPlusSerializer().loadsTyped(type.replace('+aes', ''), plain)
  },
}

onEachEngine('a serializer of the user', (place) => {
  test('gets all values, writes and metadata, and nothing of them is stored beside it', async () => {
    const owner = newOwner()
    const saver = new HarborageSaver({ state: place.state(), owner, serde: encrypting })
    const secret = 'the secret word'
    const long = `${secret} `.repeat(1_000)
    const config = await put(saver, threadConfig('t1'), {
      values: { short: secret, long },
      metadata: { reason: secret },
    })
    await saver.putWrites(config, [['short', secret]], 'task')
    const session = { ...owner, sessionId: 't1' }
    const records = await collect(place.state().list(session, ''))
    for (const { bytes } of records) expect(Buffer.from(bytes).includes('secret')).toBe(false)
    expect(records.length).toBeGreaterThanOrEqual(4)

    const read = await saver.forOwner(owner).getTuple(config)
    expect(read?.checkpoint.channel_values).toEqual({ short: secret, long })
    expect(read?.metadata).toMatchObject({ reason: secret })
    expect(read?.pendingWrites).toEqual([['task', 'short', secret]])
    expect(
      await collect(saver.list(threadConfig('t1'), { filter: { reason: secret } })),
    ).toHaveLength(1)
  })

  test('runs a graph, whose puts may be repeated', async () => {
    const owner = newOwner()
    const saver = new HarborageSaver({ state: place.state(), owner, serde: encrypting })
    const config = { configurable: { thread_id: 't1' } }
    const document = 'x'.repeat(20_000)
    await ring(saver, 5).invoke({ log: ['begin'], document }, config)
    const tuple = await saver.getTuple(config)
    if (tuple?.metadata === undefined) throw new Error('it is gone')
    await saver.put(tuple.parentConfig ?? {}, tuple.checkpoint, tuple.metadata, { log: 99 })
    expect(await saver.getTuple(config)).toEqual(tuple)
    expect((await ring(saver, 5).getState(config)).values).toMatchObject({ count: 5, document })
  })

  test('must be able to read what was saved, else the error names the channel', async () => {
    const owner = newOwner()
    const saver = new HarborageSaver({ state: place.state(), owner, serde: encrypting })
    const config = await put(saver, threadConfig('t1'), { values: { log: 'x' } })
    await saver.putWrites(config, [['log', 'y']], 'task')
    const other = new HarborageSaver({ state: place.state(), owner })
    const failure = await failureOf(other.getTuple(config))
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: false })
    expect(failure.message).toMatch(/cannot be read: pass the serializer/)
    expect(String(failure.cause)).toMatch(/json\+aes/)
  })
})

onEachEngine('a value without JSON', (place) => {
  test.each<[string, unknown]>([
    ['a function', () => 1],
    ['a class', class A {}],
    ['a symbol', Symbol('x')],
  ])('is refused, as %s, and the thread goes on from what it was', async (_, value) => {
    const saver = new HarborageSaver({ state: place.state(), owner: newOwner() })
    const config = { configurable: { thread_id: 't1' } }
    const returning = (returned: unknown) =>
      new StateGraph(Annotation.Root({ count: Annotation<number>, value: Annotation<unknown> }))
        .addNode('node', () => ({ count: 1, value: returned }))
        .addEdge('__start__', 'node')
        .compile({ checkpointer: saver })
    await returning('good').invoke({ count: 0 }, config)
    const failure = await failureOf(returning(value).invoke({ count: 2 }, config))
    expect(failure).toMatchObject({ code: 'invalid_record', channel: 'value' })
    expect(failure.message).toMatch(/the channel value has no JSON/)
    expect((await returning('good').getState(config)).values).toMatchObject({ value: 'good' })
    expect(await returning('better').invoke({ count: 3 }, config)).toMatchObject({
      value: 'better',
    })
  })
})
