import assert from 'node:assert/strict'
import { newEventId, type Owner } from '@harborage/core'
import type { Followed, FollowOptions, JournalStore, StreamCursor } from '@harborage/journal'
import { assertFails } from '../support/assert-fails.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import { withTimeout } from '../support/waiting.ts'
import { replacing } from './j05-replace.ts'
import { appendTexts, newEntry, numberedEntries, seen, STREAM, take } from './support/entries.ts'
import type { JournalCases } from './support/journal-cases.ts'

/** Registers the cases of J8: followers see every entry once and in order. */
export function following({ it, itIfShared, itIfDurable, callers }: JournalCases): void {
  it('J8 a follower yields what is there, and then what is appended', async ({ store }) => {
    const owner = freshIdentity()
    await appendTexts(store, owner, ['a', 'b'])
    const { taken, isWaiting } = follow(store, owner, 4)
    await isWaiting(2)
    await appendTexts(store, owner, ['c', 'd'])
    assert.deepEqual(seen(await taken), ['a', 'b', 'c', 'd'])
  })

  it('J8 a follower of a stream that does not exist yet waits for it', async ({ store }) => {
    const owner = freshIdentity()
    const { taken, isWaiting } = follow(store, owner, 2)
    await isWaiting(0)
    await appendTexts(store, owner, ['a', 'b'])
    assert.deepEqual(seen(await taken), ['a', 'b'])
  })

  it('J8 a follower goes on after the cursor that it is given', async ({ store }) => {
    const owner = freshIdentity()
    await appendTexts(store, owner, ['a', 'b', 'c'])
    const [, second] = await follow(store, owner, 2).taken
    assert.ok(second !== undefined)
    const { generation, position } = second
    for (const after of [second, { generation, position }]) {
      assert.deepEqual(seen(await follow(store, owner, 1, { after }).taken), ['c'])
    }
    const { taken, isWaiting } = follow(store, owner, 1, { after: { generation, position: 3 } })
    await isWaiting(0)
    await appendTexts(store, owner, ['d'])
    assert.deepEqual(seen(await taken), ['d'])
  })

  it('J8 an entry that is followed has all of its parts and those of a cursor', async ({
    store,
  }) => {
    const owner = freshIdentity()
    const entry = { ...newEntry('a'), type: 'kind', createdAt: new Date(5) }
    const { head } = await store.append(owner, STREAM, [entry])
    const [followed] = await follow(store, owner, 1).taken
    assert.deepEqual(followed, { ...entry, position: 1, generation: head.generation })
  })

  it('J8 a replacement is yielded as such, before its entries', async ({ store }) => {
    const owner = freshIdentity()
    await appendTexts(store, owner, ['a', 'b', 'c'])
    const { taken, isWaiting } = follow(store, owner, 6)
    await isWaiting(3)
    const { position } = await store.replaceAfter(replacing(owner, 1, 3, [newEntry('d')]))
    await appendTexts(store, owner, ['e'])
    const all = await taken
    assert.deepEqual(seen(all), ['a', 'b', 'c', 'replaced after 1', 'd', 'e'])
    assert.deepEqual(
      all.map((each) => each.position),
      [1, 2, 3, 4, 5, 6],
    )
    assert.equal(position, 5)
    const [late] = await follow(store, owner, 1, { after: all[2] }).taken
    assert.deepEqual(late, all[3])
  })

  it('J8 replacements without an entry between them are one', async ({ store }) => {
    const owner = freshIdentity()
    const { head } = await appendTexts(store, owner, ['a', 'b', 'c', 'd'])
    let { position } = head
    for (const after of [3, 2, position + 1]) {
      const least = Math.min(after, position)
      position = (await store.replaceAfter(replacing(owner, least, position, []))).position
    }
    await appendTexts(store, owner, ['e'])
    const { generation } = head
    for (const from of [2, 3, 4, 5]) {
      const after = { generation, position: from }
      const taken = await follow(store, owner, 2, { after }).taken
      assert.deepEqual(seen(taken), ['replaced after 2', 'e'])
    }
  })

  it('J8 every one of many followers sees what many callers append, once and in order', async ({
    store,
  }) => {
    await assertEveryOneSees([store], callers / 4)
  })

  itIfShared('J8 followers of another store see the same', async ({ store, open }) => {
    await assertEveryOneSees([store, await open()], callers / 4)
  })

  itIfShared(
    'J8 a follower sees a replacement and a deletion by another store',
    async ({ store, open }) => {
      const other = await open()
      const owner = freshIdentity()
      await appendTexts(store, owner, ['a', 'b'])
      const { taken, isWaiting } = follow(store, owner, 3)
      await isWaiting(2)
      await other.replaceAfter(replacing(owner, 0, 2, []))
      assert.deepEqual(seen(await taken), ['a', 'b', 'replaced after 0'])
      const next = follow(store, owner, 9)
      await next.isWaiting(1)
      await other.delete(owner, STREAM)
      await assertFails('stream_deleted', () => next.taken)
    },
  )

  itIfShared(
    'J8 a follower that began before the stream sees one of another store',
    async ({ store, open }) => {
      const other = await open()
      const owner = freshIdentity()
      const { taken, isWaiting } = follow(store, owner, 1)
      await isWaiting(0)
      await appendTexts(other, owner, ['a'])
      assert.deepEqual(seen(await taken), ['a'])
    },
  )

  it('J8 a follower behind what was trimmed fails, and one that is not goes on', async ({
    store,
  }) => {
    const owner = freshIdentity()
    await store.append(owner, STREAM, numberedEntries(1, 5))
    const generation = (await store.head(owner, STREAM))?.generation ?? ''
    await store.trim(owner, STREAM, { before: 4 })
    const at = (position: number): FollowOptions => ({ after: { generation, position } })
    for (const position of [0, 1, 2]) {
      await assertFails('entries_trimmed', () => follow(store, owner, 1, at(position)).taken)
    }
    assert.deepEqual(seen(await follow(store, owner, 2, at(3)).taken), ['4', '5'])
    assert.deepEqual(seen(await follow(store, owner, 2).taken), ['4', '5'])
  })

  it('J8 a slow follower that is overtaken by a trim fails', async ({ store }) => {
    const owner = freshIdentity()
    await store.append(owner, STREAM, numberedEntries(1, 10))
    const texts: string[] = []
    const reading = async (): Promise<void> => {
      for await (const each of store.follow(owner, STREAM, { pageSize: 2 })) {
        texts.push(...seen([each]))
        if (texts.length === 2) await store.trim(owner, STREAM, { before: 8 })
      }
    }
    await assertFails('entries_trimmed', () => withTimeout('the follower', reading()))
    assert.deepEqual(texts, ['1', '2'])
  })

  it('J8 a follower of a stream that was deleted fails, also if another one began', async ({
    store,
  }) => {
    const owner = freshIdentity()
    await appendTexts(store, owner, ['a'])
    const { taken, isWaiting } = follow(store, owner, 9)
    await isWaiting(1)
    await store.delete(owner, STREAM)
    await assertFails('stream_deleted', () => taken)
    const none: StreamCursor = { generation: newEventId(), position: 0 }
    await assertFails('stream_deleted', () => follow(store, owner, 1, { after: none }).taken)
    await appendTexts(store, owner, ['b', 'c'])
    await assertFails('stream_deleted', () => follow(store, owner, 1, { after: none }).taken)
    assert.deepEqual(seen(await follow(store, owner, 2).taken), ['b', 'c'])
  })

  it('J8 a slow reader delays no other, and sees every entry', async ({ store }) => {
    const owner = freshIdentity()
    await appendTexts(store, owner, ['0'])
    const slow = store.follow(owner, STREAM, { pageSize: 1 })[Symbol.asyncIterator]()
    await slow.next()
    const fast = follow(store, owner, 51)
    for (let index = 1; index <= 50; index += 1) await appendTexts(store, owner, [`${index}`])
    const expected = Array.from({ length: 51 }, (_, index) => `${index}`)
    assert.deepEqual(seen(await fast.taken), expected)
    const rest: Followed[] = []
    while (rest.length < 50) {
      const next = await slow.next()
      if (next.done === true) break
      rest.push(next.value)
    }
    assert.deepEqual(seen(rest), expected.slice(1))
    await slow.return?.()
  })

  it('J8 an abort ends a follower that waits, with its reason', async ({ store }) => {
    const owner = freshIdentity()
    await appendTexts(store, owner, ['a'])
    const controller = new AbortController()
    const { taken, isWaiting } = follow(store, owner, 9, { signal: controller.signal })
    await isWaiting(1)
    const reason = new Error('the user left')
    controller.abort(reason)
    assert.equal(await rejectionOf(() => withTimeout('the end', taken)), reason)
  })

  it('J8 leaving a follower that waits ends it', async ({ store }) => {
    for (const texts of [[], ['a']]) {
      const owner = freshIdentity()
      if (texts.length > 0) await appendTexts(store, owner, texts)
      const following = store.follow(owner, STREAM)[Symbol.asyncIterator]()
      for (const _ of texts) await following.next()
      const waiting = following.next()
      // Two calls of the store, so that the follower has begun to wait.
      await store.head(owner, STREAM)
      await store.head(owner, STREAM)
      const left = Promise.resolve(following.return?.())
      const ended = { done: true, value: undefined }
      assert.deepEqual(await withTimeout('the end', left), ended)
      assert.deepEqual(await withTimeout('what it waited for', waiting), ended)
      await appendTexts(store, owner, ['b'])
      assert.deepEqual(await following.next(), ended)
    }
  })

  it('J8 closing the store ends a follower that waits', async ({ store }) => {
    const owner = freshIdentity()
    const { taken, isWaiting } = follow(store, owner, 1)
    await isWaiting(0)
    await store.close()
    await assertFails('store_closed', () => withTimeout('the end', taken))
  })

  itIfDurable(
    'J8 a follower of a reopened store goes on where the last one ended',
    async ({ store, open }) => {
      const owner = freshIdentity()
      await appendTexts(store, owner, ['a', 'b'])
      const [after] = await follow(store, owner, 1).taken
      await store.close()
      const reopened = await open()
      const { taken, isWaiting } = follow(reopened, owner, 2, { ...(after && { after }) })
      await isWaiting(1)
      await appendTexts(reopened, owner, ['c'])
      assert.deepEqual(seen(await taken), ['b', 'c'])
    },
  )
}

/** Follows a stream for a number of items. */
function follow(
  store: JournalStore,
  owner: Owner,
  count: number,
  options?: Omit<FollowOptions, 'after'> & { readonly after?: StreamCursor | undefined },
): {
  readonly taken: Promise<readonly Followed[]>
  /** Resolves once a number of items were taken, and the follower had time to wait for more. */
  readonly isWaiting: (taken: number) => Promise<void>
} {
  const { after, ...others } = options ?? {}
  const reached = new Map<number, () => void>()
  let seenSoFar = 0
  async function* counted(): AsyncIterable<Followed> {
    for await (const each of store.follow(owner, STREAM, { ...others, ...(after && { after }) })) {
      seenSoFar += 1
      reached.get(seenSoFar)?.()
      yield each
    }
  }
  const taken = withTimeout('a follower', take(counted(), count))
  // The caller may look at it later.
  taken.catch(() => {})
  return {
    taken,
    async isWaiting(items) {
      const { promise, resolve } = Promise.withResolvers<void>()
      reached.set(items, resolve)
      if (seenSoFar < items) await withTimeout('what a follower sees', promise)
      // One more call of the store, so that the follower has begun to wait for more.
      await store.head(owner, STREAM)
      await store.head(owner, STREAM)
    },
  }
}

/** Checks that followers of each store see the entries of many callers. */
async function assertEveryOneSees(stores: readonly JournalStore[], callers: number): Promise<void> {
  const owner = freshIdentity()
  const each = 5
  const total = callers * each
  const followers = stores.flatMap((store) => [1, 2, 3].map(() => follow(store, owner, total)))
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      const store = stores[caller % stores.length] ?? assert.fail('there is a store')
      for (let index = 0; index < each; index += 1) {
        await appendTexts(store, owner, [`${caller}.${index}`])
      }
    }),
  )
  const [first] = followers
  const expected = seen((await first?.taken) ?? [])
  assert.equal(new Set(expected).size, total)
  for (const { taken } of followers) {
    const followed = await taken
    assert.deepEqual(seen(followed), expected)
    assert.deepEqual(
      followed.map(({ position }) => position),
      Array.from({ length: total }, (_, index) => index + 1),
    )
  }
}
