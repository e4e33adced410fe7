import assert from 'node:assert/strict'
import { assertFails } from '../support/assert-fails.ts'
import { FUTURE, PAST } from '../support/expiry-dates.ts'
import { malformed } from '../support/malformed.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertSameRef } from './support/assert-artifact.ts'
import { dumpOf, maintenance, ofTenant } from './support/dumps.ts'
import { assertFound, assertHidden } from './support/expiring.ts'
import { freshScope } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'

/** Registers the cases of A11 about artifacts that expire. */
export function dumpedExpiry({ it }: ArtifactCases): void {
  it('A11 an expired artifact is dumped, and loaded as an expired one', async ({ store }) => {
    const scope = freshScope()
    const { ref, text } = await putNew(store, scope, 'content', { expiresAt: PAST })
    const [dumped, ...others] = await dumpOf(store, scope.tenantId)
    assert.ok(dumped !== undefined && others.length === 0)
    assertSameRef(dumped.ref, ref)
    const copy = ofTenant(dumped, freshScope().tenantId)
    for (const outcome of ['loaded', 'unchanged'] as const) {
      assert.equal((await store.loadDump(maintenance, [copy]))[outcome], 1)
    }
    await assertHidden(store, copy.ref)
    for (const expiresAt of [FUTURE, undefined]) {
      const other = { ...copy, ref: { ...copy.ref, expiresAt } }
      await assertFails('dump_conflict', () => store.loadDump(maintenance, [other]))
    }
    await assertHidden(store, copy.ref)
    const renewed = await store.putText(copy.ref.scope, text, { filename: 'renewed' })
    assert.equal(renewed.filename, 'renewed')
  })

  it('A11 what a release without expiry dumped does not expire', async ({ store }) => {
    const scope = freshScope()
    await putNew(store, scope, 'content')
    const [dumped] = await dumpOf(store, scope.tenantId)
    assert.ok(dumped !== undefined)
    const { ref, bytes } = ofTenant(dumped, freshScope().tenantId)
    const { expiresAt: _, ...earlier } = ref
    await store.loadDump(maintenance, [{ ref: malformed<typeof ref>(earlier), bytes }])
    await assertFound(store, ref, 'content')
  })
}
