import assert from 'node:assert/strict'
import type { PageOptions, RunIdentity } from '@harborage/core'
import type { Slot, StateStore } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { assertIs } from './support/assert-slot.ts'
import { byBytes } from '../support/byte-order.ts'
import { collect } from '../support/collect.ts'
import { freshIdentity } from './support/fresh-slot.ts'
import { kindsInByteOrder, prefixExamples } from './support/kind-examples.ts'
import { malformed } from '../support/malformed.ts'
import { notPageSizes } from '../support/malformed-values.ts'
import { identityParts } from '../support/similar-names.ts'
import { saveNew } from './support/save-new.ts'
import { saveSimilar } from './support/save-similar.ts'
import type { StateCases } from './support/state-cases.ts'

/** S9: list walks the records of one run, ordered by kind. */
export function list({ it }: StateCases): void {
  it('S9 list gives whole records', async ({ store }) => {
    const record = await saveNew(store, { identity: freshIdentity(), kind: 'task.checkpoint' })
    const [listed] = await collect(store.list(record.identity, 'task.'))
    assertIs(listed, record)
  })

  it('S9 list keeps to one run, and the session itself is one', async ({ store }) => {
    const identity = freshIdentity()
    const { runId: _, ...session } = identity
    const slots: readonly Slot[] = [
      { identity, kind: 'task.ours' },
      { identity: { ...identity, runId: 'other' }, kind: 'task.other-run' },
      { identity: session, kind: 'task.session' },
      { identity: { ...identity, sessionId: 'other' }, kind: 'task.other-session' },
      { identity: { ...identity, userId: 'other' }, kind: 'task.other-user' },
      { identity: { ...identity, tenantId: `${identity.tenantId}-2` }, kind: 'task.other-tenant' },
    ]
    for (const slot of slots) await saveNew(store, slot)
    assert.deepEqual(await kindsOf(store, identity, 'task.'), ['task.ours'])
    assert.deepEqual(await kindsOf(store, session, 'task.'), ['task.session'])
    assert.deepEqual(await kindsOf(store, { ...session, runId: '' }, 'task.'), ['task.session'])
  })

  for (const part of identityParts) {
    it(`S9 list returns nothing of a ${part} with a similar name`, async ({ store }) => {
      for (const record of await saveSimilar(store, part)) {
        const listed = await collect(store.list(record.identity, 'task.'))
        assert.equal(listed.length, 1, record.identity[part])
        assertIs(listed[0], record)
      }
    })
  }

  it('S9 list is empty where nothing matches', async ({ store }) => {
    const { identity } = await saveNew(store, { identity: freshIdentity(), kind: 'task.a' })
    assert.deepEqual(await kindsOf(store, identity, 'session.'), [])
    assert.deepEqual(await kindsOf(store, freshIdentity(), 'task.'), [])
  })

  for (const pageSize of [1, 2, 100, undefined]) {
    const title = pageSize === undefined ? 'of the default size' : `of ${pageSize}`
    it(`S9 list orders kinds by bytes, in pages ${title}`, async ({ store }) => {
      const identity = freshIdentity()
      await saveKinds(store, identity, kindsInByteOrder('task.').toReversed())
      const options = pageSize === undefined ? {} : { pageSize }
      const listed = await kindsOf(store, identity, 'task.', options)
      assert.deepEqual(listed, kindsInByteOrder('task.'))
    })
  }

  for (const count of [0, 1, 2, 3, 4, 100, 101, 250]) {
    it(`S9 list gives each of ${count} records once, whatever the page`, async ({ store }) => {
      const identity = freshIdentity()
      const kinds = Array.from({ length: count }, (_, index) => `task.${index}`)
      await saveKinds(store, identity, kinds)
      for (const pageSize of [1, 2, 50, 100, 1_000]) {
        if (count > 10 && pageSize < 50) continue
        const listed = await kindsOf(store, identity, 'task.', { pageSize })
        assert.deepEqual(listed, kinds.toSorted(byBytes), `in pages of ${pageSize}`)
      }
    })
  }

  for (const { description, prefix, matching, others } of prefixExamples) {
    it(`S9 list takes a prefix literally: ${description}`, async ({ store }) => {
      const identity = freshIdentity()
      await saveKinds(store, identity, [...others, ...matching])
      for (const pageSize of [1, 100]) {
        const listed = await kindsOf(store, identity, prefix, { pageSize })
        assert.deepEqual(listed, matching.toSorted(byBytes))
      }
    })
  }

  it('S9 list refuses an empty prefix and a page size out of bounds, at once', async ({
    store,
  }) => {
    const identity = freshIdentity()
    const throwing = (walk: () => unknown): Promise<void> => assertFails('invalid_record', walk)
    await throwing(() => store.list(identity, ''))
    await throwing(() => store.list(identity, 'x'.repeat(257)))
    for (const pageSize of notPageSizes) {
      const options = { pageSize: malformed<number>(pageSize) }
      await throwing(() => store.list(identity, 'task.', options))
    }
  })
}

async function saveKinds(
  store: StateStore,
  identity: RunIdentity,
  kinds: readonly string[],
): Promise<void> {
  await Promise.all(kinds.map((kind) => saveNew(store, { identity, kind }, kind)))
}

async function kindsOf(
  store: StateStore,
  identity: RunIdentity,
  prefix: string,
  options?: PageOptions,
): Promise<string[]> {
  return (await collect(store.list(identity, prefix, options))).map(({ kind }) => kind)
}
