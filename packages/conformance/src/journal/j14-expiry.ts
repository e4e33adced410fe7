import assert from 'node:assert/strict'
import { tenantOwner, userOwner } from '@harborage/core'
import type { AppendOptions, Followed } from '@harborage/journal'
import { answerOf } from '../support/answer-of.ts'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { FUTURE, PAST } from '../support/expiry-dates.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { inADifferentHour } from '../support/shifted-clock.ts'
import { newEntry, numberedEntries, seen, STREAM, take, textsIn } from './support/entries.ts'
import { appendExpired, assertHidden, headOf, namesIn, untilHidden } from './support/expiring.ts'
import type { JournalCases } from './support/journal-cases.ts'

const HALF_AN_HOUR_MS = 30 * 60 * 1000

/** The time until an expiry that is waited for. */
const SOON_MS = 50

/** Registers the cases of J14: a stream that has expired is hidden. */
export function expiry({ it, itIfDurable }: JournalCases): void {
  it('J14 an append sets, keeps and ends the expiry of its stream, and every head returns it', async ({
    store,
  }) => {
    const owner = freshIdentity()
    const latest = new Date(8.64e15)
    const steps: readonly (readonly [AppendOptions, Date | undefined])[] = [
      [{}, undefined],
      [{ expiresAt: FUTURE }, FUTURE],
      [{}, FUTURE],
      [{ expiresAt: latest }, latest],
      [{ ifPosition: 4 }, latest],
      [{ ifPosition: 5, expiresAt: FUTURE }, FUTURE],
      [{ expiresAt: null }, undefined],
      [{}, undefined],
    ]
    for (const [index, [options, expiresAt]] of steps.entries()) {
      const { head } = await store.append(owner, STREAM, [newEntry('text')], options)
      assert.deepEqual(head.expiresAt, expiresAt, `append ${index}`)
      assert.deepEqual((await headOf(store, owner)).expiresAt, expiresAt)
      const [found] = await collect(store.streams(owner))
      assert.deepEqual(found?.head.expiresAt, expiresAt)
      found?.head.expiresAt?.setTime(1)
      assert.equal((await headOf(store, owner)).position, index + 1)
    }
  })

  it('J14 an expiry is captured when its append is called', async ({ store }) => {
    const owner = freshIdentity()
    const expiresAt = new Date(FUTURE)
    const appending = store.append(owner, STREAM, [newEntry('text')], { expiresAt })
    expiresAt.setTime(1)
    await appending
    assert.deepEqual((await headOf(store, owner)).expiresAt, FUTURE)
  })

  it('J14 no read finds a stream that has expired', async ({ store }) => {
    for (const expiresAt of [PAST, new Date(1)]) {
      const run = freshIdentity()
      const { tenantId, userId } = run
      for (const owner of [run, userOwner({ tenantId, userId }), tenantOwner({ tenantId })]) {
        await store.append(owner, STREAM, numberedEntries(1, 2))
        const entries = numberedEntries(3, 4)
        const { head } = await store.append(owner, STREAM, entries, { expiresAt })
        await assertHidden(store, owner, { entries, head })
      }
    }
  })

  it('J14 an expiry is that of one stream', async ({ store }) => {
    const run = freshIdentity()
    const { tenantId, userId, sessionId } = run
    const others = [{ tenantId, userId, sessionId }, userOwner({ tenantId, userId })]
    for (const owner of others) await store.append(owner, STREAM, [newEntry('kept')])
    await store.append(run, `${STREAM}2`, [newEntry('kept')])
    await appendExpired(store, run)
    for (const owner of others) assert.deepEqual(await textsIn(store, owner), ['kept'])
    assert.deepEqual(await namesIn(store, run), [`${STREAM}2`])
  })

  it('J14 a walk over streams goes on behind those that have expired, and its limit does not count them', async ({
    store,
  }) => {
    const owner = freshIdentity()
    const names = Array.from({ length: 12 }, (_, index) => `stream ${index + 10}`)
    const visible = names.filter((_, index) => index % 3 === 2)
    for (const name of names) {
      const expiresAt = visible.includes(name) ? null : PAST
      await store.append(owner, name, [newEntry('text')], { expiresAt })
    }
    for (const pageSize of [1, 2, 3, 100]) {
      const found = await collect(store.streams(owner, { pageSize }))
      assert.deepEqual(
        found.map(({ stream }) => stream),
        visible,
      )
      const first = await collect(store.streams(owner, { pageSize, limit: 2 }))
      assert.deepEqual(
        first.map(({ stream }) => stream),
        visible.slice(0, 2),
      )
    }
    const recent = await namesIn(store, owner, 'recent')
    assert.deepEqual(recent.toSorted(), visible)
  })

  it('J14 a stream expires when its time has come, and a follower that waits is told so', async ({
    store,
  }) => {
    const owner = freshIdentity()
    const entry = newEntry('text')
    const { head } = await store.append(owner, STREAM, [entry])
    const following = store.follow(owner, STREAM)[Symbol.asyncIterator]()
    assert.deepEqual(await nextText(following), ['text'])
    await store.touch(owner, STREAM, { ifHead: head, expiresAt: new Date(Date.now() + SOON_MS) })
    await assertFails('stream_deleted', () => following.next())
    await untilHidden(store, owner)
    await assertHidden(store, owner, { entries: [entry], head })
  })

  it('J14 a follower that waits goes by an expiry that was moved meanwhile', async ({ store }) => {
    const owner = freshIdentity()
    const { head: ifHead } = await store.append(owner, STREAM, [newEntry('1')])
    const following = store.follow(owner, STREAM)[Symbol.asyncIterator]()
    assert.deepEqual(await nextText(following), ['1'])
    await store.touch(owner, STREAM, { ifHead, expiresAt: new Date(Date.now() + SOON_MS) })
    const next = answerOf(async () => (await nextText(following)).join())
    if (await store.touch(owner, STREAM, { ifHead, expiresAt: null })) {
      await store.append(owner, STREAM, [newEntry('2')])
      assert.equal(await next, '2')
    } else {
      assert.equal(await next, 'stream_deleted')
    }
    await following.return?.()
  })

  it('J14 a follower without a cursor waits for what begins after the expiry', async ({
    store,
  }) => {
    const owner = freshIdentity()
    await appendExpired(store, owner)
    const following = take(store.follow(owner, STREAM), 1)
    await store.append(owner, STREAM, [newEntry('new')])
    assert.deepEqual(seen(await following), ['new'])
  })

  it('J14 a stream expires by the clock of the database and not by that of the process', async ({
    store,
  }) => {
    const soon = freshIdentity()
    const past = freshIdentity()
    await store.append(soon, STREAM, [newEntry('1')], { expiresAt: inHalfAnHour(+1) })
    await store.append(past, STREAM, [newEntry('1')], { expiresAt: inHalfAnHour(-1) })
    for (const hours of [+1, -1]) {
      await inADifferentHour(hours, async () => {
        assert.deepEqual(await textsIn(store, soon), ['1'])
        assert.deepEqual(await namesIn(store, soon), [STREAM])
        assert.equal(await store.head(past, STREAM), undefined)
        assert.deepEqual(await textsIn(store, past), [])
      })
    }
    await inADifferentHour(+1, async () => {
      const { head } = await store.append(soon, STREAM, [newEntry('2')])
      assert.deepEqual([head.position, head.length], [2, 2])
    })
    await inADifferentHour(-1, async () => {
      const { head } = await store.append(past, STREAM, [newEntry('2')])
      assert.deepEqual([head.position, head.length], [2, 1])
    })
  })

  it('J14 a stream that has expired is not trimmed, and is found by deletions and walks over owners', async ({
    store,
  }) => {
    const owner = freshIdentity()
    const { tenantId, userId, sessionId, runId } = owner
    await appendExpired(store, owner, ['1', '2'])
    assert.equal(await store.trim(owner, STREAM, { before: 2 }), 0)
    const runs = await collect(store.runs({ tenantId, userId, sessionId }))
    assert.deepEqual(
      runs.map((each) => each.runId),
      [runId],
    )
    assert.equal(await store.delete(owner, STREAM), true)
    assert.equal(await store.delete(owner, STREAM), false)
    const { head, entries } = await store.append(owner, STREAM, [newEntry('new')])
    assert.deepEqual([head.first, head.position, entries[0]?.position], [1, 1, 1])
  })

  itIfDurable('J14 an expiry outlives the store', async ({ store, open }) => {
    const [later, past] = [freshIdentity(), freshIdentity()]
    await store.append(later, STREAM, [newEntry('text')], { expiresAt: FUTURE })
    const expired = await appendExpired(store, past)
    await store.close()
    const again = await open()
    assert.deepEqual((await headOf(again, later)).expiresAt, FUTURE)
    await assertHidden(again, past, expired)
  })

  it('J14 refuses a malformed expiry, and appends nothing', async ({ store }) => {
    const owner = freshIdentity()
    for (const expiresAt of [new Date(0), new Date(-1), new Date(Number.NaN), 1, 'soon']) {
      const wrong = malformed<AppendOptions>({ expiresAt })
      await assertFails('invalid_record', () =>
        store.append(owner, STREAM, [newEntry('text')], wrong),
      )
      await assertFails('invalid_record', async () =>
        store.prepare.append(owner, STREAM, [newEntry('text')], wrong),
      )
    }
    assert.equal(await store.head(owner, STREAM), undefined)
  })
}

/** Resolves to the text of what a follower yields next. */
async function nextText(following: AsyncIterator<Followed>): Promise<string[]> {
  const next = await following.next()
  return next.done === true ? [] : seen([next.value])
}

function inHalfAnHour(sign: number): Date {
  return new Date(Date.now() + sign * HALF_AN_HOUR_MS)
}
