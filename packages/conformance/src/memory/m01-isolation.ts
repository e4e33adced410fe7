import assert from 'node:assert/strict'
import type { RunIdentity } from '@harborage/core'
import { validTexts } from '../support/name-texts.ts'
import { identityParts, similarIdentities } from '../support/similar-names.ts'
import { assertHolds, say } from './support/conversation.ts'
import { freshSession } from './support/fresh-session.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { keepingStrategies } from './support/strategies.ts'

const parts = ['tenantId', 'userId', 'sessionId', 'runId'] as const

/** M1: nobody sees another identity's conversation. */
export function isolation({ it }: MemoryCases): void {
  for (const part of parts) {
    it(`M1 conversations whose identities differ in ${part} alone never meet`, async ({ open }) => {
      const store = await open({ strategy: 'truncation' })
      const session = freshSession()
      // Whichever part differs, another one keeps this case to itself.
      const owner = part === 'tenantId' ? { ...session, userId: session.tenantId } : session
      const identities = validTexts.map(([, text]): [Required<RunIdentity>, string] => [
        { ...owner, [part]: text },
        `said to ${text}`,
      ])
      await Promise.all(identities.map(([identity, text]) => say(store, identity, [text])))
      for (const [identity, text] of identities) await assertHolds(store, identity, [text])
    })
  }

  for (const part of identityParts) {
    it(`M1 no call reaches a ${part} with a similar name`, async ({ open }) => {
      const store = await open({ strategy: 'truncation' })
      const identities = similarIdentities(part)
      const textOf = (identity: Required<RunIdentity>): string => `said to ${identity[part]}`
      await Promise.all(identities.map((identity) => say(store, identity, [textOf(identity)])))
      for (const identity of identities) {
        // If it had gone before, with another one, it would not be there now.
        await assertHolds(store, identity, [textOf(identity)])
        await store.restore(identity, { bytes: new Uint8Array() })
        await assertHolds(store, identity, [])
      }
    })
  }

  for (const rules of keepingStrategies) {
    it(`M1 a restore under ${rules.strategy} leaves every other conversation alone`, async ({
      open,
    }) => {
      const store = await open(rules)
      const session = freshSession()
      const others = parts.map((part) => ({ ...session, [part]: `other ${session.tenantId}` }))
      for (const other of others) await say(store, other, ['kept'])
      await say(store, session, ['gone'])
      await store.restore(session, { bytes: new Uint8Array() })
      await assertHolds(store, session, [])
      for (const other of others) await assertHolds(store, other, ['kept'])
    })
  }

  it('M1 an absent run is the session itself, and not any of its runs', async ({ open }) => {
    const store = await open({ strategy: 'truncation' })
    const { tenantId, userId, sessionId } = freshSession()
    const session = { tenantId, userId, sessionId }
    await say(store, { ...session, runId: 'run' }, ['to the run'])
    await say(store, session, ['to the session'])
    await assertHolds(store, { ...session, runId: '' }, ['to the session'])
    const context = await store.getLlmContext({ ...session, runId: 'run' })
    assert.equal(context.recentTurns.length, 1)
  })
}
