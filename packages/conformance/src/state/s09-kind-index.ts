import assert from 'node:assert/strict'
import { allOfUser } from '@harborage/core'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { malformed } from '../support/malformed.ts'
import { assertHolds } from './support/assert-slot.ts'
import { deleteSession } from '../support/delete-session.ts'
import { freshSlot } from './support/fresh-slot.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'
import type { StateHarness } from './state-harness.ts'

/** Returns a function that registers the case of S9: the order of listKind may be declined. */
export function kindIndex({
  openWithoutKindIndex: open,
}: StateHarness): (cases: StateCases) => void {
  return ({ it }) => {
    if (open === undefined) return
    it('S9 without the kind index, listKind fails with kind_index_off and all else works', async () => {
      await using store = await open()
      const maintenance = { maintenanceScoped: true } as const
      const slot = freshSlot()
      await saveNew(store, slot, 'first')
      const second = newRecord(slot, 'second')
      await store.commit({ save: [second, newRecord({ ...slot, kind: 'task.other' })] })
      await assertHolds(store, second)
      const kinds = (await collect(store.list(slot.identity, 'task.'))).map(({ kind }) => kind)
      assert.deepEqual(kinds, ['task.checkpoint', 'task.other'])
      await assertFails('kind_index_off', () => collect(store.listKind(maintenance, 'task.')))
      await assertFails('maintenance_scope_required', () => store.listKind(malformed({}), 'task.'))
      await assertFails('invalid_record', () => store.listKind(maintenance, ''))
      const { tenantId, userId } = slot.identity
      const [session] = await collect(store.sessions(allOfUser({ tenantId, userId })))
      assert.equal(session?.sessionId, slot.identity.sessionId)
      assert.equal(await deleteSession(store, slot.identity), 2)
      await saveNew(store, slot, 'again')
    })
  }
}
