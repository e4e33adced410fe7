import assert from 'node:assert/strict'
import type { PageOptions, RunIdentity } from '@harborage/core'
import type { Slot, StateStore } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { assertSameRecord } from './support/assert-slot.ts'
import { compareBytes } from '../support/byte-order.ts'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { kindsInByteOrder, prefixExamples } from './support/kind-examples.ts'
import { malformed } from '../support/malformed.ts'
import { invalidPageSizes } from '../support/malformed-values.ts'
import { identityParts } from '../support/similar-names.ts'
import { saveNew } from './support/save-new.ts'
import { saveSimilar } from './support/save-similar.ts'
import type { StateCases } from './support/state-cases.ts'

/** Registers the cases of S9: list walks the records of one run, ordered by kind. */
export function list({ it }: StateCases): void {
  it('S9 list yields complete records', async ({ store }) => {
    const record = await saveNew(store, { identity: freshIdentity(), kind: 'task.checkpoint' })
    const [listed] = await collect(store.list(record.identity, 'task.'))
    assertSameRecord(listed, record)
  })

  it('S9 list yields the records of one run only, and an empty runId is a run of its own', async ({
    store,
  }) => {
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
    it(`S9 list yields no record of a ${part} with a similar name`, async ({ store }) => {
      for (const record of await saveSimilar(store, part)) {
        const listed = await collect(store.list(record.identity, 'task.'))
        assert.equal(listed.length, 1, record.identity[part])
        assertSameRecord(listed[0], record)
      }
    })
  }

  it('S9 list yields nothing if no kind matches', async ({ store }) => {
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
    it(`S9 list yields each of ${count} records once with any page size`, async ({ store }) => {
      const identity = freshIdentity()
      const kinds = Array.from({ length: count }, (_, index) => `task.${index}`)
      await saveKinds(store, identity, kinds)
      for (const pageSize of [1, 2, 50, 100, 1_000]) {
        if (count > 10 && pageSize < 50) continue
        const listed = await kindsOf(store, identity, 'task.', { pageSize })
        assert.deepEqual(listed, kinds.toSorted(compareBytes), `in pages of ${pageSize}`)
      }
    })
  }

  for (const { description, prefix, matching, others } of prefixExamples) {
    it(`S9 list matches a prefix literally: ${description}`, async ({ store }) => {
      const identity = freshIdentity()
      await saveKinds(store, identity, [...others, ...matching])
      for (const pageSize of [1, 100]) {
        const listed = await kindsOf(store, identity, prefix, { pageSize })
        assert.deepEqual(listed, matching.toSorted(compareBytes))
      }
    })
  }

  it('S9 list throws at once for a malformed prefix and a page size out of bounds', async ({
    store,
  }) => {
    const identity = freshIdentity()
    const throwing = (walk: () => unknown): Promise<void> => assertFails('invalid_record', walk)
    await throwing(() => store.list(identity, 'x'.repeat(1_025)))
    await throwing(() => store.list(identity, '\0'))
    for (const pageSize of invalidPageSizes) {
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
