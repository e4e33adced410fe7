import assert from 'node:assert/strict'
import { allOfTenant, allOfUser } from '@harborage/core'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { addTurns } from './support/conversation.ts'
import { maintenance } from './support/dumps.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { keep } from './support/passages.ts'

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
}
