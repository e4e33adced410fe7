import assert from 'node:assert/strict'
import { freshIdentity } from '../support/fresh-identity.ts'
import {
  appendTexts,
  assertHolds,
  newEntry,
  numberedEntries,
  outcomesOf,
  STREAM,
  textsIn,
} from './support/entries.ts'
import type { JournalCases } from './support/journal-cases.ts'

/** Registers the cases of J11: trims and deletions of one stream. */
export function trimAndDelete({ it, itIfShared, callers, many }: JournalCases): void {
  it('J11 a trim drops what is before a position and answers how many there were', async ({
    store,
  }) => {
    const owner = freshIdentity()
    assert.equal(await store.trim(owner, STREAM, { before: 9 }), 0)
    assert.equal(await store.head(owner, STREAM), undefined)
    await store.append(owner, STREAM, numberedEntries(1, 6))
    assert.equal(await store.trim(owner, STREAM, { before: 3 }), 2)
    assert.equal(await store.trim(owner, STREAM, { before: 3 }), 0)
    assert.equal(await store.trim(owner, STREAM, { before: 0 }), 0)
    const head = await store.head(owner, STREAM)
    assert.deepEqual([head?.first, head?.position, head?.length], [3, 6, 4])
    await assertHolds(store, owner, ['3', '4', '5', '6'])
    assert.equal(await store.trim(owner, STREAM, { before: 1_000 }), 4)
    const after = await store.head(owner, STREAM)
    assert.deepEqual([after?.first, after?.position, after?.length], [7, 6, 0])
    assert.equal((await appendTexts(store, owner, ['7'])).head.position, 7)
    await assertHolds(store, owner, ['7'])
  })

  it(`J11 a trim of ${many} entries leaves the others`, async ({ store }) => {
    const owner = freshIdentity()
    for (let from = 1; from <= many; from += 1_000) {
      await store.append(owner, STREAM, numberedEntries(from, Math.min(from + 999, many)))
    }
    assert.equal(await store.trim(owner, STREAM, { before: many }), many - 1)
    await assertHolds(store, owner, [`${many}`])
  })

  it('J11 appends beside trims are kept, and get positions after them', async ({ store }) => {
    const owner = freshIdentity()
    await store.append(owner, STREAM, numberedEntries(1, 50))
    const appended = await Promise.all([
      ...Array.from({ length: callers }, (_, caller) =>
        store.append(owner, STREAM, [newEntry(`new ${caller}`)]),
      ),
      ...[10, 30, 51].map(async (before) => {
        await store.trim(owner, STREAM, { before })
        return undefined
      }),
    ])
    const positions = appended.flatMap((each) => (each === undefined ? [] : [each.head.position]))
    assert.equal(Math.min(...positions), 51)
    assert.equal((await textsIn(store, owner)).length, callers)
  })

  it('J11 a deleted stream is gone, and a new one has another generation and forgets', async ({
    store,
  }) => {
    const owner = freshIdentity()
    assert.equal(await store.delete(owner, STREAM), false)
    const entries = numberedEntries(1, 3)
    const { head } = await store.append(owner, STREAM, entries)
    await store.trim(owner, STREAM, { before: 2 })
    assert.equal(await store.delete(owner, STREAM), true)
    assert.equal(await store.delete(owner, STREAM), false)
    assert.equal(await store.head(owner, STREAM), undefined)
    await assertHolds(store, owner, [])
    const again = await store.append(owner, STREAM, entries)
    assert.deepEqual(outcomesOf(again.entries), ['appended at 1', 'appended at 2', 'appended at 3'])
    assert.notEqual(again.head.generation, head.generation)
  })

  it('J11 a deletion beside appends leaves a stream of what was appended after it', async ({
    store,
  }) => {
    await assertNoTornDeletion(store, store, callers)
  })

  itIfShared(
    'J11 a deletion beside the appends of another store leaves no torn stream',
    async ({ store, open }) => {
      await assertNoTornDeletion(store, await open(), callers)
    },
  )
}

/** Deletes a stream while callers append batches, and checks what is left. */
async function assertNoTornDeletion(
  store: Parameters<typeof appendTexts>[0],
  deleting: Parameters<typeof appendTexts>[0],
  callers: number,
): Promise<void> {
  const owner = freshIdentity()
  await appendTexts(store, owner, ['first'])
  const appending = Array.from({ length: callers }, (_, caller) =>
    appendTexts(store, owner, [`${caller}.0`, `${caller}.1`]),
  )
  const deletions = [0, 1, 2].map(() => deleting.delete(owner, STREAM))
  const heads = await Promise.all(appending)
  assert.ok((await Promise.all(deletions)).includes(true))
  const head = await store.head(owner, STREAM)
  const kept = heads.filter((each) => each.head.generation === head?.generation)
  const texts = await textsIn(store, owner)
  assert.equal(texts.length, head?.length ?? 0)
  assert.equal(texts.length, kept.length * 2)
  for (let index = 0; index < texts.length; index += 2) {
    const [caller] = texts[index]?.split('.') ?? []
    assert.deepEqual(texts.slice(index, index + 2), [`${caller}.0`, `${caller}.1`])
  }
}
