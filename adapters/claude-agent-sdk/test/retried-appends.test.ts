import type { SessionKey, SessionStoreEntry } from '@anthropic-ai/claude-agent-sdk'
import { HarborageSessionStore } from '@harborage/claude-agent-sdk'
import { openPostgres } from '@harborage/driver-postgres'
import { openJournalStore } from '@harborage/journal'
import { openStateStore } from '@harborage/state'
import { places } from '@harborage/test-kit/adapters/places'
import { failureOf } from '@harborage/test-kit/failure-of'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import { TcpProxy } from '@harborage/test-kit/postgres/tcp-proxy'
import { describe, expect, onTestFinished, test } from 'vitest'

import {
  ann,
  keyOf,
  message,
  messages,
  PROJECT,
  subKeyOf,
  textsOf,
  title,
} from './support/entries.ts'

const main = keyOf('s1')

/** Opens a session store behind a network that can fail, and that retries nothing by itself. */
async function throughProxy(): Promise<{ store: HarborageSessionStore; proxy: TcpProxy }> {
  const created = await createDatabaseWithTables()
  onTestFinished(() => created.drop())
  const proxy = await TcpProxy.start(created.dsn)
  onTestFinished(() => proxy[Symbol.asyncDispose]())
  const database = await openPostgres({ dsn: proxy.dsn, max: 1, retryTimeoutMs: 0 })
  onTestFinished(() => database.close())
  const stores = {
    journal: await openJournalStore({ database }),
    state: await openStateStore({ database }),
  }
  return { store: new HarborageSessionStore({ ...stores, owner: ann }), proxy }
}

/** Appends as the SDK does: the same objects again after a failure, three times at most. */
async function mirror(
  store: HarborageSessionStore,
  key: SessionKey,
  entries: SessionStoreEntry[],
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await store.append(key, entries)
    } catch (error) {
      if (attempt === 3) throw error
    }
  }
}

describe.each([
  ['of a session', main, 'COMMIT\0'],
  ['of a sub-agent', subKeyOf('s1', '1'), 'harbor_journal_append'],
])('a batch %s', (_, key, sent) => {
  test.each(['cut the answer', 'cut before sending', 'cut after sending'] as const)(
    'is there once if its commit meets "%s", with its entries that have no uuid',
    async (fault) => {
      const { store, proxy } = await throughProxy()
      await store.append(key, messages('a'))
      const happened = proxy.failOnce(sent, fault)
      const twice = title('T')
      await mirror(store, key, [message('b'), twice, twice, title('U'), message('c')])
      await happened
      await mirror(store, key, [twice])
      expect(textsOf(await store.load(key))).toEqual(['a', 'b', 'T', 'T', 'U', 'c', 'T'])
    },
  )
})

test('an append whose answer is lost fails, and is in the summary once it is retried', async () => {
  const { store, proxy } = await throughProxy()
  await store.append(main, messages('a'))
  const happened = proxy.failOnce('COMMIT\0', 'cut the answer')
  const entries = [title('old')]
  const error = await failureOf(store.append(main, entries))
  await happened
  expect(error.code).toBe('outcome_unknown')
  await store.append(main, [title('new')])
  await store.append(main, entries)
  expect(textsOf(await store.load(main))).toEqual(['a', 'old', 'new'])
  const [summary] = await store.listSessionSummaries(PROJECT)
  expect(summary?.data).toMatchObject({ customTitle: 'new' })
})

describe.each(places)('on $name', ({ open }) => {
  test('two processes that mirror the same entries at once double none', async () => {
    const stores = await open()
    const texts = Array.from({ length: 40 }, (_, index) => `${index}`)
    const append = async (key: SessionKey, sizes: number): Promise<void> => {
      const store = new HarborageSessionStore({ ...stores, owner: ann })
      for (let at = 0; at < texts.length; at += sizes) {
        await store.append(key, messages(...texts.slice(at, at + sizes)))
      }
    }
    for (const key of [main, subKeyOf('s1', '1')]) {
      await Promise.all([append(key, 3), append(key, 7), append(key, 40)])
      const store = new HarborageSessionStore({ ...stores, owner: ann })
      const loaded = textsOf(await store.load(key))
      expect(loaded.toSorted()).toEqual(texts.toSorted())
    }
  })

  test('a batch that is tried again with an entry in another form keeps the first form', async () => {
    const store = new HarborageSessionStore({ ...(await open()), owner: ann })
    for (const key of [main, subKeyOf('s1', '1')]) {
      await store.append(key, [message('a', { first: 1, second: 2 })])
      const { uuid, type, ...others } = message('a', { second: 2, first: 1 })
      await store.append(key, [message('b'), { ...others, uuid: `${uuid}`, type }, message('c')])
      expect(textsOf(await store.load(key))).toEqual(['a', 'b', 'c'])
    }
  })

  test('parts of a large entry whose writer died are completed by the next one', async () => {
    const stores = await open()
    const store = new HarborageSessionStore({ ...stores, owner: ann })
    const large = message('large', { large: 'x'.repeat(9 * 1024 * 1024) })
    const other = new HarborageSessionStore({ ...stores, owner: { ...ann, userId: 'bob' } })
    await other.append(main, [large])
    const stream = `claude.transcript/${PROJECT}`
    const ofBob = { ...ann, userId: 'bob', sessionId: main.sessionId }
    for await (const { entryId, type, bytes } of stores.journal.read(ofBob, stream, { limit: 2 })) {
      const session = { ...ann, sessionId: main.sessionId }
      await stores.journal.append(session, stream, [{ entryId, type, bytes }])
    }
    expect(await store.load(main)).toBeNull()
    await store.append(main, messages('a'))
    expect(textsOf(await store.load(main))).toEqual(['a'])
    await store.append(main, [large])
    await store.append(main, [large])
    expect(await store.load(main)).toEqual([message('a'), large])
    const session = { ...ann, sessionId: main.sessionId }
    expect((await stores.journal.head(session, stream))?.length).toBe(4)
  })
})
