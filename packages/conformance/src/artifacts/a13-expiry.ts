import assert from 'node:assert/strict'
import { allOfSession, allOfTenant, allOfUser, tenantOwner, userOwner } from '@harborage/core'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { FUTURE, malformedExpiries, PAST } from '../support/expiry-dates.ts'
import { malformed } from '../support/malformed.ts'
import { sessionOf } from '../support/session-of.ts'
import { inADifferentHour } from '../support/shifted-clock.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertFound, assertHidden, untilHidden } from './support/expiring.ts'
import { freshScope } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'

const HALF_AN_HOUR_MS = 30 * 60 * 1000

/** Registers the cases of A13: what has expired is hidden until it is deleted or pruned. */
export function expiry({ it, itIfDurable }: ArtifactCases): void {
  it('A13 every read returns when an artifact expires, and undefined if it does not', async ({
    store,
  }) => {
    const scope = freshScope()
    for (const expiresAt of [FUTURE, new Date(8.64e15), new Date(8.64e15 - 123), undefined]) {
      const { ref, text } = await putNew(store, scope, `${expiresAt?.getTime()}`, { expiresAt })
      assert.deepEqual(ref.expiresAt, expiresAt)
      await assertFound(store, ref, text)
      const found = await store.getRef(scope, ref.id)
      found?.expiresAt?.setTime(1)
      await assertFound(store, ref, text)
    }
  })

  it('A13 no read finds an expired artifact', async ({ store }) => {
    const { tenantId, userId } = freshScope()
    for (const scope of [
      freshScope(),
      userOwner({ tenantId, userId }),
      tenantOwner({ tenantId }),
    ]) {
      for (const expiresAt of [PAST, new Date(1)]) {
        const { ref } = await putNew(store, scope, `${expiresAt.getTime()}`, { expiresAt })
        assert.deepEqual(ref.expiresAt, expiresAt)
        await assertHidden(store, ref)
      }
    }
  })

  it('A13 getRefs answers undefined in the places of what has expired', async ({ store }) => {
    const scope = freshScope()
    const puts = await Promise.all(
      [undefined, PAST, FUTURE, PAST].map((expiresAt, index) =>
        putNew(store, scope, `content ${index}`, { expiresAt }),
      ),
    )
    const ids = puts.map(({ ref }) => ref.id)
    const refs = await store.getRefs(scope, ids)
    assert.deepEqual(
      refs.map((ref) => ref?.id),
      ids.map((id, index) => (index % 2 === 1 ? undefined : id)),
    )
  })

  it('A13 a list goes on behind expired artifacts, and its limit does not count them', async ({
    store,
  }) => {
    const scope = freshScope()
    const puts = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        putNew(store, scope, `content ${index}`, index % 3 === 2 ? {} : { expiresAt: PAST }),
      ),
    )
    const idsOf = (given: typeof puts): string[] => given.map(({ ref }) => ref.id).toSorted()
    const visible = idsOf(puts.filter((_, index) => index % 3 === 2))
    for (const pageSize of [1, 2, 3, 100]) {
      const listed = await collect(store.list(scope, { pageSize }))
      assert.deepEqual(
        listed.map(({ id }) => id),
        visible,
      )
      const options = { pageSize, order: 'descending', limit: 2 } as const
      const last = await collect(store.list(scope, options))
      assert.deepEqual(
        last.map(({ id }) => id),
        visible.toReversed().slice(0, 2),
      )
      const all = await collect(store.list(scope, { pageSize, expired: true }))
      assert.deepEqual(
        all.map(({ id }) => id),
        idsOf(puts),
      )
    }
  })

  it('A13 deletions find and count what has expired, and the directory has it', async ({
    store,
  }) => {
    const scope = freshScope()
    const { tenantId, userId } = scope
    const session = sessionOf(scope)
    const options = { expiresAt: PAST }
    const put = () => putNew(store, scope, 'content', options)
    const { ref } = await put()
    const tenant = allOfTenant({ tenantId })
    assert.equal((await collect(store.users(tenant))).length, 1)
    assert.equal((await collect(store.sessions(tenant))).length, 1)
    assert.equal(await store.delete(scope, ref.id), true)
    assert.equal(await store.delete(scope, ref.id), false)
    assert.equal((await collect(store.users(tenant))).length, 0)
    await put()
    assert.equal(await store.scoped(scope).deleteAll(), 1)
    for (const subtree of [allOfSession(session), allOfUser({ tenantId, userId }), tenant]) {
      await put()
      assert.deepEqual(await store.deleteAll(subtree), { deleted: 1, remaining: 0 })
    }
    assert.deepEqual(await collect(store.list(scope, { expired: true })), [])
  })

  it('A13 an artifact expires when its time has come, and stays expired', async ({ store }) => {
    const scope = freshScope()
    const expiresAt = new Date(Date.now() + 20)
    const { ref } = await putNew(store, scope, 'content', { expiresAt })
    await untilHidden(store, ref)
    await assertHidden(store, ref)
  })

  it('A13 an artifact expires by the clock of the database and not by that of the process', async ({
    store,
  }) => {
    const scope = freshScope()
    const soon = await putNew(store, scope, 'soon', { expiresAt: inHalfAnHour(+1) })
    const past = await putNew(store, scope, 'past', { expiresAt: inHalfAnHour(-1) })
    for (const hours of [+1, -1]) {
      await inADifferentHour(hours, async () => {
        await assertFound(store, soon.ref, soon.text)
        await assertHidden(store, past.ref)
        const subtree = allOfSession(sessionOf(scope))
        assert.deepEqual(await store.prune(subtree, { dryRun: true }), { examined: 2, pruned: 1 })
      })
    }
  })

  itIfDurable('A13 an expiry is kept when the store is reopened', async ({ store, open }) => {
    const scope = freshScope()
    const later = await putNew(store, scope, 'later', { expiresAt: FUTURE })
    const gone = await putNew(store, scope, 'gone', { expiresAt: PAST })
    const renewed = await putNew(store, scope, 'renewed')
    await store.putText(scope, renewed.text, { expiresAt: FUTURE })
    await store.close()
    const reopened = await open()
    await assertFound(reopened, later.ref, later.text)
    await assertHidden(reopened, gone.ref)
    await assertFound(reopened, { ...renewed.ref, expiresAt: FUTURE }, renewed.text)
  })

  it('A13 refuses a malformed expiry, and stores nothing', async ({ store }) => {
    const scope = freshScope()
    for (const expiresAt of malformedExpiries) {
      const options = malformed<object>({ expiresAt })
      await assertFails('invalid_record', () => store.putText(scope, 'content', options))
      const view = store.scoped(scope)
      await assertFails('invalid_record', () => view.offload('small', options))
      await assertFails('invalid_record', async () =>
        store.prepare.putText(scope, 'content', options),
      )
    }
    for (const expired of [1, 'yes', null]) {
      const options = malformed<object>({ expired })
      await assertFails('invalid_record', () => collect(store.list(scope, options)))
      await assertFails('invalid_record', () => store.get(scope, 'default_0123456789ab', options))
    }
    assert.deepEqual(await collect(store.list(scope, { expired: true })), [])
  })
}

function inHalfAnHour(sign: number): Date {
  return new Date(Date.now() + sign * HALF_AN_HOUR_MS)
}
