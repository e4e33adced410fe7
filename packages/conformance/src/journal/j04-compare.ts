import assert from 'node:assert/strict'
import type { JournalStore } from '@harborage/journal'
import { assertFails } from '../support/assert-fails.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { race, tally } from '../support/race.ts'
import { appendTexts, assertHolds, newEntry, outcomesOf, STREAM } from './support/entries.ts'
import type { JournalCases } from './support/journal-cases.ts'

/** Registers the cases of J4: an append with `ifPosition` is made on that head only. */
export function compare({ it, itIfShared, callers }: JournalCases): void {
  it('J4 ifPosition 0 appends only if there is no stream yet', async ({ store }) => {
    const owner = freshIdentity()
    await assertFails('condition_failed', () =>
      store.append(owner, STREAM, [newEntry('never')], { ifPosition: 1 }),
    )
    assert.equal(await store.head(owner, STREAM), undefined)
    await store.append(owner, STREAM, [newEntry('a')], { ifPosition: 0 })
    await assertFails('condition_failed', () =>
      store.append(owner, STREAM, [newEntry('never')], { ifPosition: 0 }),
    )
    await assertHolds(store, owner, ['a'])
  })

  it('J4 ifPosition appends only on the head with that position', async ({ store }) => {
    const owner = freshIdentity()
    await appendTexts(store, owner, ['a', 'b'])
    for (const ifPosition of [0, 1, 3, 2 ** 53 - 1]) {
      await assertFails('condition_failed', () =>
        store.append(owner, STREAM, [newEntry('never')], { ifPosition }),
      )
    }
    const { head } = await store.append(owner, STREAM, [newEntry('c')], { ifPosition: 2 })
    assert.equal(head.position, 3)
    await assertHolds(store, owner, ['a', 'b', 'c'])
  })

  it('J4 an append that is wholly held is unchanged with any ifPosition', async ({ store }) => {
    const owner = freshIdentity()
    const [a, b] = [newEntry('a'), newEntry('b')]
    await store.append(owner, STREAM, [a, b], { ifPosition: 0 })
    for (const ifPosition of [0, 1, 9]) {
      const { entries } = await store.append(owner, STREAM, [a, b], { ifPosition })
      assert.deepEqual(outcomesOf(entries), ['unchanged at 1', 'unchanged at 2'])
    }
    await assertFails('condition_failed', () =>
      store.append(owner, STREAM, [a, b, newEntry('c')], { ifPosition: 0 }),
    )
    await assertHolds(store, owner, ['a', 'b'])
  })

  it('J4 a trimmed stream keeps its position, and a deleted one has none', async ({ store }) => {
    const owner = freshIdentity()
    await appendTexts(store, owner, ['a', 'b'])
    await store.trim(owner, STREAM, { before: 3 })
    await store.append(owner, STREAM, [newEntry('c')], { ifPosition: 2 })
    await store.delete(owner, STREAM)
    await assertFails('condition_failed', () =>
      store.append(owner, STREAM, [newEntry('never')], { ifPosition: 3 }),
    )
    const { head } = await store.append(owner, STREAM, [newEntry('d')], { ifPosition: 0 })
    assert.equal(head.position, 1)
  })

  for (const begun of [false, true]) {
    const on = begun ? 'the same head' : 'no stream'

    it(`J4 of ${callers} appends on ${on} one wins`, async ({ store }) => {
      await assertOneWins([store], callers, begun)
    })

    itIfShared(
      `J4 of ${callers} appends of two stores on ${on} one wins`,
      async ({ store, open }) => {
        await assertOneWins([store, await open()], callers, begun)
      },
    )
  }

  it(`J4 ${callers} callers that read and append on what they read lose no entry`, async ({
    store,
  }) => {
    const owner = freshIdentity()
    const answers = await race(callers / 4, async (caller) => {
      for (;;) {
        const position = (await store.head(owner, STREAM))?.position ?? 0
        const appending = store.append(owner, STREAM, [newEntry(`${caller}`)], {
          ifPosition: position,
        })
        const isDone = await appending.then(
          () => true,
          () => false,
        )
        if (isDone) return 'appended'
      }
    })
    assert.deepEqual(tally(answers), { appended: callers / 4 })
    assert.equal((await store.head(owner, STREAM))?.length, callers / 4)
  })
}

async function assertOneWins(
  stores: readonly JournalStore[],
  callers: number,
  begun: boolean,
): Promise<void> {
  const owner = freshIdentity()
  const [first] = stores
  assert.ok(first !== undefined)
  if (begun) await appendTexts(first, owner, ['held'])
  const ifPosition = begun ? 1 : 0
  const answers = await race(callers, async (caller) => {
    const store = stores[caller % stores.length] ?? first
    await store.append(owner, STREAM, [newEntry(`${caller}`)], { ifPosition })
    return 'won'
  })
  assert.deepEqual(tally(answers), { won: 1, condition_failed: callers - 1 })
  const winner = `${answers.indexOf('won')}`
  await assertHolds(first, owner, begun ? ['held', winner] : [winner])
}
