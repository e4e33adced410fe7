import assert from 'node:assert/strict'
import { userOwner, type Owner } from '@harborage/core'
import type { JournalStore, StreamHead, StreamTouchOptions } from '@harborage/journal'
import { assertFails } from '../support/assert-fails.ts'
import { FUTURE, PAST } from '../support/expiry-dates.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { race } from '../support/race.ts'
import { appendTexts, assertHolds, newEntry, STREAM, textsIn } from './support/entries.ts'
import { appendExpired, assertHidden, headOf } from './support/expiring.ts'
import type { JournalCases } from './support/journal-cases.ts'

/** Registers the cases of J14 about `touch`: it moves an expiry, and never revives. */
export function touching({ it, callers }: JournalCases): void {
  it('J14 touch moves the expiry of a stream, and nothing else of it', async ({ store }) => {
    const owner = freshIdentity()
    const { head } = await appendTexts(store, owner, ['1', '2'])
    for (const expiresAt of [FUTURE, new Date(8.64e15), null]) {
      assert.equal(await touch(store, owner, head, expiresAt), true)
      assert.deepEqual(await headOf(store, owner), { ...head, expiresAt: expiresAt ?? undefined })
    }
    await assertHolds(store, owner, ['1', '2'])
  })

  it('J14 a touched stream expires, and no touch revives it', async ({ store }) => {
    const owner = freshIdentity()
    const entries = [newEntry('1')]
    const { head } = await store.append(owner, STREAM, entries)
    assert.equal(await touch(store, owner, head, PAST), true)
    for (const expiresAt of [FUTURE, null, PAST]) {
      await assertHidden(store, owner, { entries, head })
      assert.equal(await touch(store, owner, head, expiresAt), false)
    }
    await assertHidden(store, owner, { entries, head })
  })

  it('J14 touch of an absent stream changes nothing, and of one with another head fails', async ({
    store,
  }) => {
    const owner = freshIdentity()
    const absent = { generation: 'none', position: 0 }
    assert.equal(await touch(store, owner, absent, FUTURE), false)
    assert.equal(await store.head(owner, STREAM), undefined)
    const { head: before } = await appendTexts(store, owner, ['1'])
    const { head } = await appendTexts(store, owner, ['2'])
    for (const ifHead of [before, { ...head, generation: 'other' }, { ...head, position: 3 }]) {
      await assertFails('condition_failed', () => touch(store, owner, ifHead, PAST))
    }
    assert.deepEqual(await headOf(store, owner), head)
    await appendExpired(store, owner)
    assert.equal(await touch(store, owner, head, FUTURE), false)
  })

  it('J14 touch reaches its own stream only', async ({ store }) => {
    const run = freshIdentity()
    const { tenantId, userId, sessionId } = run
    const others: readonly Owner[] = [
      { tenantId, userId, sessionId },
      userOwner({ tenantId, userId }),
      { ...run, runId: `${run.runId}2` },
    ]
    for (const owner of others) await appendTexts(store, owner, ['kept'])
    const { head: beside } = await store.append(run, `${STREAM}2`, [newEntry('kept')])
    const { head } = await appendTexts(store, run, ['hidden'])
    await touch(store, run, head, PAST)
    for (const owner of others) assert.deepEqual(await textsIn(store, owner), ['kept'])
    assert.deepEqual(await store.head(run, `${STREAM}2`), beside)
  })

  it(`J14 of ${callers} touches and appends each is applied as a whole`, async ({ store }) => {
    const owner = freshIdentity()
    const { head } = await appendTexts(store, owner, ['first'])
    const answers = await race(callers * 2, (caller) =>
      caller < callers ? appendTexts(store, owner, [`${caller}`]) : touch(store, owner, head, PAST),
    )
    const isHidden = answers.includes('true')
    const texts = await textsIn(store, owner)
    assert.equal(texts.includes('first'), !isHidden)
    assert.equal(texts.length, callers + (isHidden ? 0 : 1))
  })

  it('J14 touch refuses malformed options', async ({ store }) => {
    const owner = freshIdentity()
    const { head: ifHead } = await appendTexts(store, owner, ['1'])
    for (const options of [
      undefined,
      {},
      { ifHead },
      { expiresAt: FUTURE },
      { ifHead, expiresAt: undefined },
      { ifHead, expiresAt: new Date(0) },
      { ifHead: null, expiresAt: FUTURE },
      { ifHead: { position: 1 }, expiresAt: FUTURE },
      { ifHead: { ...ifHead, position: -1 }, expiresAt: FUTURE },
      { ifHead: { ...ifHead, more: 1 }, expiresAt: FUTURE },
      { ifHead, expiresAt: FUTURE, until: FUTURE },
    ]) {
      const wrong = malformed<StreamTouchOptions>(options)
      await assertFails('invalid_record', () => store.touch(owner, STREAM, wrong))
    }
    assert.deepEqual(await headOf(store, owner), ifHead)
  })
}

function touch(
  store: JournalStore,
  owner: Owner,
  ifHead: Pick<StreamHead, 'generation' | 'position'>,
  expiresAt: Date | null,
): Promise<boolean> {
  return store.touch(owner, STREAM, { ifHead, expiresAt })
}
