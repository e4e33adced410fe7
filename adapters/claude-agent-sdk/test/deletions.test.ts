import { allOfUser } from '@harborage/core'
import { HarborageSessionStore } from '@harborage/claude-agent-sdk'
import { memory, type Stores } from '@harborage/test-kit/adapters/places'
import { collect } from '@harborage/test-kit/collect'
import { expect, test } from 'vitest'

import { ann, keyOf, message, messages, PROJECT, subKeyOf, textsOf } from './support/entries.ts'

const main = keyOf('s1')
const sub = subKeyOf('s1', 'one')

test('a session whose first entries come while it is deleted is there as a whole, or not at all', async () => {
  const stores = await memory.open()
  const writer = new HarborageSessionStore({ ...stores, owner: ann })
  const store = new HarborageSessionStore({
    ...duringFirstDelete(stores, () => writer.append(main, messages('late'))),
    owner: ann,
  })
  await store.delete(main)
  expect(await store.load(main)).toBeNull()
  expect(await store.listSessions(PROJECT)).toEqual([])
})

test('a transcript of a sub-agent that comes while its session is deleted is deleted as well', async () => {
  const stores = await memory.open()
  const writer = new HarborageSessionStore({ ...stores, owner: ann })
  await writer.append(main, messages('first'))
  const store = new HarborageSessionStore({
    ...duringFirstDelete(stores, () => writer.append(sub, messages('of a sub-agent'))),
    owner: ann,
  })
  await store.delete(main)
  expect(await store.listSubkeys(main)).toEqual([])
  expect(await store.load(sub)).toBeNull()
})

test('a deletion between the parts of a large entry leaves the transcript readable', async () => {
  const stores = await memory.open()
  const store = new HarborageSessionStore({ ...stores, owner: ann })
  const { journal } = stores
  await store.append(sub, [message('x'.repeat(9 * 1024 * 1024))])
  const [session] = await collect(journal.sessions(allOfUser(ann)))
  if (session === undefined) throw new Error('the transcript has a session')
  const [stream] = await collect(journal.streams(session))
  if (stream === undefined) throw new Error('the transcript has a stream')
  const parts = await collect(journal.read(session, stream.stream))
  expect(parts.length).toBeGreaterThan(2)
  // As if the deletion had come after the first part.
  await journal.delete(session, stream.stream)
  for (const { entryId, type, bytes } of parts.slice(1)) {
    await journal.append(session, stream.stream, [{ entryId, type, bytes }])
  }
  await store.append(sub, messages('later'))
  expect(textsOf(await store.load(sub))).toEqual(['later'])
})

/** Returns stores of which the first deletion of a stream lets others do something before it. */
function duringFirstDelete(stores: Stores, others: () => Promise<void>): Stores {
  let isFirst = true
  const journal = new Proxy(stores.journal, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (name !== 'delete') return value.bind(target) as unknown
      return async (...given: readonly unknown[]): Promise<unknown> => {
        if (isFirst) {
          isFirst = false
          await others()
        }
        return Reflect.apply(value, target, given) as unknown
      }
    },
  })
  return { ...stores, journal }
}
