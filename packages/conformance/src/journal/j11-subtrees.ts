import assert from 'node:assert/strict'
import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  tenantOwner,
  userOwner,
  type DeleteProgress,
  type Owner,
  type Subtree,
} from '@harborage/core'
import type { JournalStore } from '@harborage/journal'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { sessionOf } from '../support/session-of.ts'
import { malformed } from '../support/malformed.ts'
import { sessionParts, similarIdentities } from '../support/similar-names.ts'
import { appendTexts, assertHolds, newEntry, numberedEntries, STREAM } from './support/entries.ts'
import type { JournalCases } from './support/journal-cases.ts'

/** Registers the cases of J11: deletions of all streams of a subtree. */
export function subtrees({ it, itIfShared, callers }: JournalCases): void {
  it('J11 deleteAll deletes the streams of a run, a session, a user or a tenant, and no others', async ({
    store,
  }) => {
    const { tenantId } = freshIdentity()
    const session = { tenantId, userId: 'ann', sessionId: 's1' }
    const owners: readonly Owner[] = [
      { ...session, runId: 'r1' },
      { ...session, runId: 'r2' },
      session,
      { ...session, sessionId: 's2' },
      userOwner({ tenantId, userId: 'ann' }),
      { ...session, userId: 'bob' },
      tenantOwner({ tenantId }),
    ]
    const left = async (): Promise<number[]> => {
      const kept: number[] = []
      for (const [index, owner] of owners.entries()) {
        if ((await store.head(owner, STREAM)) !== undefined) kept.push(index)
      }
      return kept
    }
    for (const owner of owners) await appendTexts(store, owner, ['a', 'b'])
    const steps: readonly (readonly [Subtree, number, readonly number[]])[] = [
      [allOfRun({ ...session, runId: 'r1' }), 1, [1, 2, 3, 4, 5, 6]],
      [allOfRun({ ...session, runId: 'r1' }), 0, [1, 2, 3, 4, 5, 6]],
      [allOfSession(session), 2, [3, 4, 5, 6]],
      [allOfUser({ tenantId, userId: 'ann' }), 2, [5, 6]],
      [allOfTenant({ tenantId }), 2, []],
    ]
    for (const [subtree, deleted, kept] of steps) {
      assert.deepEqual(await store.deleteAll(subtree), { deleted, remaining: 0 })
      assert.deepEqual(await left(), kept)
    }
    assert.deepEqual(await collect(store.users(allOfTenant({ tenantId }))), [])
  })

  it('J11 deleteAll leaves subtrees with similar names', async ({ store }) => {
    for (const part of sessionParts) {
      const owners = similarIdentities(part).map(sessionOf)
      for (const owner of owners) await appendTexts(store, owner, ['kept'])
      const [first, ...others] = owners
      assert.ok(first !== undefined)
      const { tenantId, userId } = first
      const subtree =
        part === 'sessionId'
          ? allOfSession(first)
          : part === 'userId'
            ? allOfUser({ tenantId, userId })
            : allOfTenant({ tenantId })
      assert.deepEqual(await store.deleteAll(subtree), { deleted: 1, remaining: 0 })
      await assertHolds(store, first, [])
      for (const owner of others) await assertHolds(store, owner, ['kept'])
    }
  })

  it('J11 deleteAll of a user goes in batches that are bounded by entries, and reports them', async ({
    store,
  }) => {
    const { tenantId } = freshIdentity()
    const sessions = ['s1', 's2', 's3', 's4'].map((sessionId) => {
      return { tenantId, userId: 'ann', sessionId }
    })
    for (const session of sessions) await store.append(session, STREAM, numberedEntries(1, 700))
    const reports: number[] = []
    const onProgress = ({ deleted }: DeleteProgress): void => void reports.push(deleted)
    const result = await store.deleteAll(allOfUser({ tenantId, userId: 'ann' }), { onProgress })
    assert.deepEqual(result, { deleted: 4, remaining: 0 })
    assert.ok(reports.length > 1, 'a user is deleted in several batches')
    assert.equal(reports.at(-1), 4)
  })

  it('J11 what onProgress throws ends a deletion, and another call goes on', async ({ store }) => {
    const { tenantId } = freshIdentity()
    const session = { tenantId, userId: 'ann', sessionId: 's1' }
    await appendTexts(store, session, ['a'])
    const failure = new Error('enough')
    const options = {
      onProgress: () => {
        throw failure
      },
    }
    await assert.rejects(store.deleteAll(allOfUser({ tenantId, userId: 'ann' }), options), failure)
    const { remaining } = await store.deleteAll(allOfTenant({ tenantId }))
    assert.equal(remaining, 0)
    await assertHolds(store, session, [])
  })

  it('J11 what is no subtree is rejected', async ({ store }) => {
    const identity = freshIdentity()
    for (const given of [undefined, null, identity, userOwner(userOf(identity)), { ...identity }]) {
      await assertFails('subtree_required', () => store.deleteAll(malformed<Subtree>(given)))
    }
  })

  it('J11 a session is deleted in one step beside appends', async ({ store }) => {
    await assertOneStep(store, store, callers)
  })

  itIfShared(
    'J11 a session is deleted in one step beside the appends of another store',
    async ({ store, open }) => {
      await assertOneStep(store, await open(), callers)
    },
  )
}

function userOf({ tenantId, userId }: ReturnType<typeof freshIdentity>) {
  return { tenantId, userId }
}

/** Deletes a session while callers append to its streams, and checks that each is whole. */
async function assertOneStep(
  store: JournalStore,
  deleting: JournalStore,
  callers: number,
): Promise<void> {
  const { tenantId, userId, sessionId } = freshIdentity()
  const session = { tenantId, userId, sessionId }
  const names = ['a', 'b', 'c', 'd']
  for (const name of names) await store.append(session, name, numberedEntries(1, 3))
  const appending = Array.from({ length: callers }, (_, caller) => {
    const owner = { ...session, runId: caller % 2 === 0 ? '' : 'run' }
    const entries = [newEntry('0'), newEntry('1')]
    return store.append(owner, names[caller % names.length] ?? 'a', entries)
  })
  const { deleted } = await deleting.deleteAll(allOfSession(session))
  const appended = await Promise.all(appending)
  assert.ok(deleted >= names.length)
  const found = await collect(store.streams(allOfSession(session)))
  for (const { owner, stream, head } of found) {
    const kept = appended.filter((each) => each.head.generation === head.generation)
    const entries = await collect(store.read(owner, stream))
    assert.equal(entries.length, kept.length * 2)
    assert.equal(entries.length, head.length)
  }
}
