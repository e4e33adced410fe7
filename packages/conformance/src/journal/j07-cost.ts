import assert from 'node:assert/strict'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { newEntry, numberedEntries, STREAM, textsIn, textsOf } from './support/entries.ts'
import type { JournalCases } from './support/journal-cases.ts'

/**
 * Registers the case of J7: a long stream takes entries and gives its newest ones as a short one
 * does. What that costs is for benchmarks.
 */
export function cost({ it, many }: JournalCases): void {
  it(`J7 a stream of ${2 * many} entries is appended to and read from its end as a short one is`, async ({
    store,
  }) => {
    const owner = freshIdentity()
    const total = 2 * many
    for (let from = 1; from <= total; from += 1_000) {
      await store.append(owner, STREAM, numberedEntries(from, Math.min(from + 999, total)))
    }
    const { head } = await store.append(owner, STREAM, [newEntry('one more')], {
      ifPosition: total,
    })
    assert.deepEqual([head.position, head.length], [total + 1, total + 1])
    const newest = { order: 'descending', limit: 3 } as const
    const expected = ['one more', `${total}`, `${total - 1}`]
    assert.deepEqual(await textsIn(store, owner, newest), expected)
    const middle = await collect(store.read(owner, STREAM, { from: many, to: many + 2 }))
    assert.deepEqual(textsOf(middle), [`${many}`, `${many + 1}`])
  })
}
