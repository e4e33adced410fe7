import assert from 'node:assert/strict'
import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  commitTogether,
  newEventId,
  userOwner,
} from '@harborage/core'
import { newRecord } from '../state/support/new-record.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { assertFails } from '../support/assert-fails.ts'
import { assertPartFails } from './support/failing-part.ts'
import type { StepCases } from './support/step-cases.ts'
import { fourWrites, prepareFour } from './support/step-parts.ts'

/** Registers the cases of X2 about the ids of steps. */
export function stepIds({ it }: StepCases): void {
  it('X2 the same step id of another tenant is another step', async ({ store }) => {
    const stepId = newEventId()
    for (const writes of [fourWrites('one'), fourWrites('two')]) {
      const { first } = await commitTogether({ stepId, parts: prepareFour(store, writes) })
      assert.equal(first, 'saved')
    }
  })

  it('X2 a step that deletes needs an id, but not the deletion alone', async ({ store }) => {
    const { state } = store
    const writes = fourWrites()
    const { identity } = writes
    await state.save(writes.first)
    const parts = {
      second: state.prepare.save(writes.second),
      gone: state.prepare.delete(identity, writes.first.kind),
    }
    await assertPartFails('invalid_record', 'gone', () => commitTogether({ parts }))
    const prefix = state.prepare.commit({ deletePrefix: [{ identity, kindPrefix: 'x.' }] })
    await assertPartFails('invalid_record', 'prefix', () =>
      commitTogether({ parts: { second: parts.second, prefix } }),
    )
    assert.deepEqual(await commitTogether({ parts: { gone: parts.gone } }), { gone: true })
    assert.equal(await state.load(identity, writes.second.kind), undefined)
  })

  it('X2 a malformed step id is refused', async ({ store }) => {
    const writes = fourWrites()
    for (const stepId of ['', 'a\0b', '\ud800', 'x'.repeat(257), 7, null, undefined]) {
      const step = { stepId: malformed<string>(stepId), parts: prepareFour(store, writes) }
      await assertFails('invalid_record', () => commitTogether(step), String(stepId))
    }
    await commitTogether({ stepId: 'x'.repeat(256), parts: prepareFour(store, writes) })
  })

  for (const level of ['run', 'session', 'user', 'tenant'] as const) {
    it(`X2 deleteAll of a ${level} forgets the steps that wrote in it, and no others`, async ({
      store: { state },
    }) => {
      const identity = freshIdentity()
      const { tenantId, userId, sessionId } = identity
      const subtrees = {
        run: allOfRun(identity),
        session: allOfSession({ tenantId, userId, sessionId }),
        user: allOfUser({ tenantId, userId }),
        tenant: allOfTenant({ tenantId }),
      }
      const [inside, beside] = [
        newRecord({ identity, kind: 'in' }),
        newRecord({ identity, kind: 'to' }),
      ]
      const others = {
        run: { ...identity, runId: 'other' },
        session: { ...identity, sessionId: 'other' },
        user: { ...identity, userId: 'other' },
        tenant: { ...identity, tenantId: `${tenantId}-other` },
      }
      const other = { identity: others[level], kind: 'out' }
      const [outside, further] = [newRecord(other), newRecord({ ...other, kind: 'further' })]
      const [ours, theirs] = [newEventId(), newEventId()]
      const applyOurs = () =>
        commitTogether({
          stepId: ours,
          parts: {
            // An owner outside of the subtree comes first, if the tenant is the same.
            wide: state.prepare.save(
              level === 'tenant'
                ? beside
                : { ...beside, identity: userOwner({ tenantId, userId: 'wide' }) },
            ),
            inside: state.prepare.save(inside),
          },
        })
      const applyTheirs = () =>
        commitTogether({
          stepId: theirs,
          parts: { outside: state.prepare.save(outside), further: state.prepare.save(further) },
        })
      await applyOurs()
      await applyTheirs()
      await state.deleteAll(subtrees[level])
      await state.delete(outside.identity, outside.kind)
      assert.equal((await applyOurs()).inside, 'saved')
      assert.equal((await state.load(identity, 'in'))?.eventId, inside.eventId, 'applied again')
      await applyTheirs()
      assert.equal(await state.load(outside.identity, outside.kind), undefined, 'not applied again')
    })
  }

  it('X2 deleteAll of each store forgets the steps of a session', async ({ store }) => {
    const stores = [store.state, store.artifacts, store.memory]
    for (const each of stores) {
      const writes = fourWrites()
      const stepId = newEventId()
      const { tenantId, userId, sessionId } = writes.identity
      await commitTogether({ stepId, parts: prepareFour(store, writes) })
      await each.deleteAll(allOfSession({ tenantId, userId, sessionId }))
      const changed = fourWrites('changed', writes.identity)
      await commitTogether({ stepId, parts: prepareFour(store, changed) })
    }
  })
}
