import assert from 'node:assert/strict'
import type { MaintenanceScope, RunIdentity } from '@harborage/core'
import type { Slot } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { assertSameRecord } from './support/assert-slot.ts'
import { compareBytes } from '../support/byte-order.ts'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { freshKindPrefix } from './support/fresh-slot.ts'
import { kindsInByteOrder, prefixExamples } from './support/kind-examples.ts'
import { malformed } from '../support/malformed.ts'
import { newRecord } from './support/new-record.ts'
import { identityParts } from '../support/similar-names.ts'
import { saveNew } from './support/save-new.ts'
import { saveSimilar } from './support/save-similar.ts'
import type { StateCases } from './support/state-cases.ts'

const maintenance: MaintenanceScope = { maintenanceScoped: true }

/** Registers the cases of S9: listKind crosses identities, and needs the maintenance scope. */
export function listKind({ it }: StateCases): void {
  it('S9 listKind checks the maintenance scope before the other arguments', async ({ store }) => {
    const invalidScopes: readonly unknown[] = [
      undefined,
      null,
      true,
      'maintenance',
      {},
      [],
      { maintenanceScoped: false },
      { maintenanceScoped: 'true' },
      { maintenanceScoped: 1 },
      Object.create(maintenance),
      freshIdentity(),
    ]
    for (const scope of invalidScopes) {
      const walk = (prefix: string) => () => store.listKind(malformed(scope), prefix)
      await assertFails('maintenance_scope_required', walk('task.'))
      await assertFails('maintenance_scope_required', walk(''))
    }
  })

  it('S9 listKind yields complete records of every identity', async ({ store }) => {
    const prefix = freshKindPrefix()
    const { runId: _, ...session } = freshIdentity()
    const records = [
      await saveNew(store, { identity: session, kind: `${prefix}a` }),
      await saveNew(store, { identity: freshIdentity(), kind: `${prefix}b` }),
      await saveNew(store, { identity: { ...session, runId: 'run' }, kind: `${prefix}c` }),
    ]
    const listed = await collect(store.listKind(maintenance, prefix))
    assert.equal(listed.length, records.length)
    records.forEach((record, index) => assertSameRecord(listed[index], record))
  })

  for (const part of identityParts) {
    it(`S9 listKind yields the record of each ${part} with a similar name once`, async ({
      store,
    }) => {
      const prefix = freshKindPrefix()
      const records = await saveSimilar(store, part, `${prefix}a`)
      const nameOf = ({ identity }: Slot): string => identity[part] ?? ''
      const listed = await collect(store.listKind(maintenance, prefix, { pageSize: 4 }))
      assert.deepEqual(listed.map(nameOf), records.map(nameOf).toSorted(compareBytes))
    })
  }

  for (const pageSize of [1, 2, 100]) {
    it(`S9 listKind orders by the bytes of the kind, then of each identity part, in pages of ${pageSize}`, async ({
      store,
    }) => {
      const prefix = freshKindPrefix()
      const expected = slotsInOrder(prefix)
      for (const { identity, kind } of expected.toReversed()) {
        assert.equal(await store.save(newRecord({ identity, kind })), 'saved')
      }
      const listed = await collect(store.listKind(maintenance, prefix, { pageSize }))
      assert.deepEqual(
        listed.map(({ identity, kind }) => ({ identity, kind })),
        expected,
      )
    })
  }

  it('S9 listKind orders kinds by bytes', async ({ store }) => {
    const prefix = freshKindPrefix()
    const identity = freshIdentity()
    const kinds = kindsInByteOrder(prefix)
    for (const kind of kinds.toReversed()) await saveNew(store, { identity, kind })
    for (const pageSize of [1, 100]) {
      const listed = await collect(store.listKind(maintenance, prefix, { pageSize }))
      assert.deepEqual(
        listed.map(({ kind }) => kind),
        kinds,
      )
    }
  })

  for (const { description, prefix, matching, others } of prefixExamples) {
    const beginning = freshKindPrefix()
    if (Buffer.byteLength(beginning + prefix) > 200) continue
    it(`S9 listKind matches a prefix literally: ${description}`, async ({ store }) => {
      const identity = freshIdentity()
      const kindsOf = (kinds: readonly string[]): string[] =>
        kinds
          .map((kind) => `${beginning}${kind}`)
          .filter((kind) => Buffer.byteLength(kind) <= 1_024)
      for (const kind of kindsOf([...others, ...matching])) await saveNew(store, { identity, kind })
      const listed = await collect(store.listKind(maintenance, `${beginning}${prefix}`))
      assert.deepEqual(
        listed.map(({ kind }) => kind),
        kindsOf(matching).toSorted(compareBytes),
      )
    })
  }

  it('S9 listKind throws at once for an empty prefix and a page size out of bounds', async ({
    store,
  }) => {
    await assertFails('invalid_record', () => store.listKind(maintenance, ''))
    for (const pageSize of [0, 1.5, 1_001]) {
      await assertFails('invalid_record', () => store.listKind(maintenance, 'task.', { pageSize }))
    }
  })
}

interface PlacedKind {
  readonly identity: Required<RunIdentity>
  readonly kind: string
}

/** Returns slots in the right order, which differs from the order by any other comparison. */
function slotsInOrder(prefix: string): PlacedKind[] {
  const tenant = freshIdentity().tenantId
  const texts = ['A', 'a', '\ue000', '\u{10000}']
  const slots: PlacedKind[] = []
  const place = (kind: string, tenantEnd: string, user: string, session: string, run: string) => {
    const identity = {
      tenantId: `${tenant}${tenantEnd}`,
      userId: user,
      sessionId: session,
      runId: run,
    }
    slots.push({ identity, kind: `${prefix}${kind}` })
  }
  for (const run of ['', ...texts]) place('a', '', 'a', 'a', run)
  for (const session of ['b', '\uffff', '\u{10ffff}']) place('a', '', 'a', session, '')
  for (const user of ['b', '\uffff', '\u{10ffff}']) place('a', '', user, 'a', '')
  for (const tenantEnd of texts) place('a', tenantEnd, 'a', 'a', '')
  place('b', '', 'A', 'a', '')
  return slots
}
