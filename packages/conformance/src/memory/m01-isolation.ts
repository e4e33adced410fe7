import assert from 'node:assert/strict'
import type { RunIdentity } from '@harborage/core'
import { validTexts } from '../support/name-texts.ts'
import { identityParts, similarIdentities } from '../support/similar-names.ts'
import { assertHolds, addTurns } from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { storingStrategies } from './support/strategies.ts'

const parts = ['tenantId', 'userId', 'sessionId', 'runId'] as const

/** Registers the cases of M1: no call sees the conversation of another identity. */
export function isolation({ it }: MemoryCases): void {
  for (const part of parts) {
    it(`M1 conversations whose identities differ only in the ${part} are kept apart`, async ({
      open,
    }) => {
      const store = await open({ strategy: 'truncation' })
      const session = freshIdentity()
      // A part that is the same in all of them keeps other cases out.
      const owner = part === 'tenantId' ? { ...session, userId: session.tenantId } : session
      const identities = validTexts.map(([, text]): [Required<RunIdentity>, string] => [
        { ...owner, [part]: text },
        `said to ${text}`,
      ])
      await Promise.all(identities.map(([identity, text]) => addTurns(store, identity, [text])))
      for (const [identity, text] of identities) await assertHolds(store, identity, [text])
    })
  }

  for (const part of identityParts) {
    it(`M1 no call reaches a ${part} with a similar name`, async ({ open }) => {
      const store = await open({ strategy: 'truncation' })
      const identities = similarIdentities(part)
      const textOf = (identity: Required<RunIdentity>): string => `said to ${identity[part]}`
      await Promise.all(identities.map((identity) => addTurns(store, identity, [textOf(identity)])))
      for (const identity of identities) {
        // Restoring an earlier one must not have emptied this one as well.
        await assertHolds(store, identity, [textOf(identity)])
        await store.restore(identity, { bytes: new Uint8Array() })
        await assertHolds(store, identity, [])
      }
    })
  }

  for (const rules of storingStrategies) {
    it(`M1 a restore under ${rules.strategy} does not change other conversations`, async ({
      open,
    }) => {
      const store = await open(rules)
      const session = freshIdentity()
      const others = parts.map((part) => ({ ...session, [part]: `other ${session.tenantId}` }))
      for (const other of others) await addTurns(store, other, ['kept'])
      await addTurns(store, session, ['gone'])
      await store.restore(session, { bytes: new Uint8Array() })
      await assertHolds(store, session, [])
      for (const other of others) await assertHolds(store, other, ['kept'])
    })
  }

  it('M1 an absent runId is the empty runId, and no other', async ({ open }) => {
    const store = await open({ strategy: 'truncation' })
    const { tenantId, userId, sessionId } = freshIdentity()
    const session = { tenantId, userId, sessionId }
    await addTurns(store, { ...session, runId: 'run' }, ['to the run'])
    await addTurns(store, session, ['to the session'])
    await assertHolds(store, { ...session, runId: '' }, ['to the session'])
    const context = await store.getLlmContext({ ...session, runId: 'run' })
    assert.equal(context.recentTurns.length, 1)
  })
}
