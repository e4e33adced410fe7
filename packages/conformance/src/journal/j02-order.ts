import assert from 'node:assert/strict'
import type { JournalStore } from '@harborage/journal'
import type { RunIdentity } from '@harborage/core'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { appendTexts, assertHolds, newEntry, STREAM, textsOf } from './support/entries.ts'
import type { JournalCases } from './support/journal-cases.ts'

const EACH = 4
const BATCH = 3
const APPENDS = 20

/** Registers the cases of J2: the order of positions is that of the acknowledgements. */
export function order({ it, itIfShared, itIfDurable, callers }: JournalCases): void {
  it('J2 entries get positions in a row, from 1', async ({ store }) => {
    const owner = freshIdentity()
    const first = await appendTexts(store, owner, ['a', 'b'])
    const second = await appendTexts(store, owner, ['c'])
    assert.deepEqual(
      [...first.entries, ...second.entries],
      [1, 2, 3].map((position) => ({ position, outcome: 'appended' })),
    )
    const { generation, updatedAt: _, ...head } = second.head
    assert.deepEqual(head, { first: 1, position: 3, length: 3, expiresAt: undefined })
    assert.equal(first.head.generation, generation)
    assert.deepEqual(await store.head(owner, STREAM), second.head)
    await assertHolds(store, owner, ['a', 'b', 'c'])
  })

  it('J2 an append answers with the head that it leaves, with and without a condition', async ({
    store,
  }) => {
    const owner = freshIdentity()
    // A time that is read twice differs now and then.
    for (let ifPosition = 0; ifPosition < APPENDS; ifPosition += 2) {
      const conditional = await store.append(owner, STREAM, [newEntry('a')], { ifPosition })
      assert.deepEqual(await store.head(owner, STREAM), conditional.head)
      const { head } = await appendTexts(store, owner, ['b'])
      assert.deepEqual(await store.head(owner, STREAM), head)
    }
  })

  it(`J2 batches of ${callers} callers on one stream are never torn, and stand in the order of their answers`, async ({
    store,
  }) => {
    await assertOrdered([store], callers)
  })

  itIfShared(
    `J2 batches of ${callers} callers of two stores on one stream are never torn, and stand in the order of their answers`,
    async ({ store, open }) => {
      await assertOrdered([store, await open()], callers)
    },
  )

  it(`J2 ${callers} callers on streams of their own do not disturb each other`, async ({
    store,
  }) => {
    const owner = freshIdentity()
    await Promise.all(
      Array.from({ length: callers }, async (_, caller) => {
        for (let index = 0; index < EACH; index += 1) {
          const { head } = await store.append(owner, `${caller}`, [newEntry(`${index}`)])
          assert.equal(head.position, index + 1)
        }
      }),
    )
    for (let caller = 0; caller < callers; caller += 1) {
      const texts = textsOf(await collect(store.read(owner, `${caller}`)))
      assert.deepEqual(texts, ['0', '1', '2', '3'])
    }
  })

  itIfShared(
    'J2 an append follows those that another store has acknowledged',
    async ({ store, open }) => {
      const other = await open()
      const owner = freshIdentity()
      const positions: number[] = []
      for (const each of [store, other, store, other]) {
        positions.push((await appendTexts(each, owner, ['next'])).head.position)
      }
      assert.deepEqual(positions, [1, 2, 3, 4])
    },
  )

  itIfDurable('J2 a reopened store goes on where the closed one ended', async ({ store, open }) => {
    const owner = freshIdentity()
    const { head } = await appendTexts(store, owner, ['a', 'b'])
    await store.close()
    const reopened = await open()
    assert.deepEqual(await reopened.head(owner, STREAM), head)
    assert.equal((await appendTexts(reopened, owner, ['c'])).head.position, 3)
    await assertHolds(reopened, owner, ['a', 'b', 'c'])
  })
}

/** Lets callers append batches, one after the other, and checks their order. */
async function assertOrdered(stores: readonly JournalStore[], callers: number): Promise<void> {
  const owner: RunIdentity = freshIdentity()
  let acknowledged = 0
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      const store = stores[caller % stores.length] ?? assert.fail('there is a store')
      for (let index = 0; index < EACH; index += 1) {
        const before = acknowledged
        const texts = Array.from({ length: BATCH }, (_each, place) => `${caller}.${index}.${place}`)
        const { head, entries } = await appendTexts(store, owner, texts)
        const [first] = entries
        assert.ok(
          first !== undefined && first.position > before,
          'it comes after what was answered',
        )
        assert.deepEqual(
          entries.map(({ position }) => position - first.position),
          [0, 1, 2],
        )
        assert.equal(head.position, first.position + BATCH - 1)
        assert.equal(head.length, head.position, 'the head is that after the append')
        acknowledged = Math.max(acknowledged, head.position)
      }
    }),
  )
  const [store] = stores
  assert.ok(store !== undefined)
  const entries = await collect(store.read(owner, STREAM))
  assert.equal(entries.length, callers * EACH * BATCH)
  const batches = new Map<string, number>()
  for (const [index, text] of textsOf(entries).entries()) {
    assert.equal(entries[index]?.position, index + 1)
    const [caller = '', batch = '', place = ''] = text.split('.')
    assert.equal(Number(place), index % BATCH, 'a batch is in one piece')
    if (Number(place) > 0) continue
    assert.equal(Number(batch), batches.get(caller) ?? 0, 'the batches of a caller are in order')
    batches.set(caller, Number(batch) + 1)
  }
}
