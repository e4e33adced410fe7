import assert from 'node:assert/strict'
import { allOfRun, allOfSession, allOfTenant, allOfUser } from '@harborage/core'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import { sessionOf } from '../support/session-of.ts'
import { addTurns } from './support/conversation.ts'
import { maintenance } from './support/dumps.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { keep, passagesOf, userOf } from './support/passages.ts'

/** Registers the cases of M14: who has passages is found, and erased. */
export function passageOwners({ it }: MemoryCases): void {
  it('M14 walks have those with a conversation and those with passages only, each once', async ({
    open,
  }) => {
    const store = await open({ strategy: 'truncation' })
    const { tenantId } = freshIdentity()
    const tenant = allOfTenant({ tenantId })
    const ann = { tenantId, userId: 'ann' }
    const s1 = { ...ann, sessionId: 's1' }
    const s2 = { ...ann, sessionId: 's2' }
    const s3 = { tenantId, userId: 'bob', sessionId: 's3' }
    const [r1, r2] = [
      { ...s1, runId: 'r1' },
      { ...s1, runId: 'r2' },
    ]
    for (const each of [s1, r1]) await addTurns(store, each, ['said'])
    for (const each of [s1, r1, r2, s2, s3]) await keep(store, each, ['a lamp'])
    for (const pageSize of [1, 2, 100]) {
      const options = { pageSize }
      assert.deepEqual(await collect(store.sessions(tenant, options)), [s1, s2, s3])
      assert.deepEqual(await collect(store.sessions(allOfUser(ann), options)), [s1, s2])
      assert.deepEqual(await collect(store.runs(s1, options)), [r1, r2])
      const users = await collect(store.users(tenant, options))
      assert.deepEqual(
        users.map(({ userId }) => userId),
        ['ann', 'bob'],
      )
    }
    let found = 0
    for await (const each of store.tenants(maintenance)) if (each.tenantId === tenantId) found += 1
    assert.equal(found, 1)

    for await (const user of store.users(tenant)) {
      assert.equal((await store.deleteAll(allOfUser(user))).remaining, 0)
    }
    assert.deepEqual(await collect(store.sessions(tenant)), [])
    assert.deepEqual(await collect(store.users(tenant)), [])
  })
  for (const level of ['user', 'tenant'] as const) {
    it(`M14 deleteAll of a ${level} deletes passages batch by batch, and may be canceled between two`, async ({
      open,
    }) => {
      const store = await open({ strategy: 'truncation' })
      const session = freshIdentity()
      const { tenantId } = session
      const subtree = level === 'user' ? allOfUser(userOf(session)) : allOfTenant({ tenantId })
      const sessions = ['a', 'b', 'c'].map((sessionId) => ({ ...session, sessionId }))
      const said = Array.from({ length: 150 }, (_, index) => `lamp ${index}`)
      for (const each of sessions) await keep(store, each, said)
      await addTurns(store, session, ['said'])
      const controller = new AbortController()
      const reason = new Error('enough')
      const canceled = store.deleteAll(subtree, {
        signal: controller.signal,
        onProgress: () => controller.abort(reason),
      })
      assert.equal(await rejectionOf(() => canceled), reason)
      const left = await passagesOf(store, tenantId)
      const passages = left.flatMap((collection) => collection.passages)
      const all = sessions.length * said.length
      assert.ok(passages.length > 0 && passages.length < all, 'it was not canceled between two')
      const counts: number[] = []
      const answer = await store.deleteAll(subtree, {
        onProgress: ({ deleted }) => void counts.push(deleted),
      })
      assert.deepEqual(answer, { deleted: 1, remaining: 0 })
      assert.ok(counts.length > 2, 'there was one batch of passages')
      assert.deepEqual([counts[0], counts.at(-1)], [0, 1])
      assert.deepEqual(await passagesOf(store, tenantId), [])
    })
  }

  for (const level of ['run', 'session'] as const) {
    it(`M14 deleteAll of a ${level} deletes its passages in one step`, async ({ open }) => {
      const store = await open({ strategy: 'truncation' })
      const session = freshIdentity()
      const subtree = level === 'run' ? allOfRun(session) : allOfSession(sessionOf(session))
      const said = Array.from({ length: 1100 }, (_, index) => `lamp ${index}`)
      await keep(store, session, said)
      await addTurns(store, session, ['said'])
      let isDeleting = true
      const deleting = store.deleteAll(subtree).finally(() => (isDeleting = false))
      while (isDeleting) {
        const [found] = await passagesOf(store, session.tenantId)
        assert.ok(found === undefined || found.passages.length === said.length, 'some are gone')
      }
      assert.deepEqual(await deleting, { deleted: 1, remaining: 0 })
      assert.deepEqual(await passagesOf(store, session.tenantId), [])
    })
  }
}
