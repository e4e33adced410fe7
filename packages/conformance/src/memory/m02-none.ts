import assert from 'node:assert/strict'
import { assertFails } from '../support/assert-fails.ts'
import { bytesOf } from '../support/text-bytes.ts'
import { newTurn, numberedTexts, addTurns } from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import type { MemoryCases } from './support/memory-cases.ts'

const emptyPatch = { strategy: 'none', summary: '', recentTurns: [], tokens: 0 }

/** Registers the cases of M2: the strategy `none` stores nothing. */
export function none({ it }: MemoryCases): void {
  it('M2 none stores no turn', async ({ open, events }) => {
    const store = await open({ strategy: 'none' })
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 5))
    assert.deepEqual(await store.getLlmContext(session), emptyPatch)
    assert.equal(await store.estimateTokens(session), 0)
    assert.equal(await store.health(session), 'healthy')
    await store.compact(session)
    await store.settled(session)
    assert.deepEqual(events.all, [])
  })

  it('M2 none is the default', async ({ open }) => {
    const store = await open()
    const session = freshIdentity()
    await store.addTurn(session, newTurn('hello'))
    assert.deepEqual(await store.getLlmContext(session), emptyPatch)
  })

  it('M2 a snapshot of none is empty and can be restored', async ({ open }) => {
    const store = await open({ strategy: 'none' })
    const session = freshIdentity()
    const snapshot = await store.snapshot(session)
    assert.deepEqual(snapshot, { strategy: 'none', bytes: new Uint8Array() })
    await store.restore(session, snapshot)
    await store.restore(session, { bytes: new Uint8Array() })
    assert.deepEqual(await store.getLlmContext(session), emptyPatch)
  })

  it('M2 none rejects every snapshot that is not empty', async ({ open }) => {
    const store = await open({ strategy: 'none' })
    const session = freshIdentity()
    for (const text of ['x', '{}', '{"format":"harborage.memory"}']) {
      const bytes = bytesOf(text)
      await assertFails('invalid_snapshot', () => store.restore(session, { bytes }))
      await assertFails('invalid_snapshot', () =>
        store.restore(session, { strategy: 'none', bytes }),
      )
    }
    await assertFails('invalid_snapshot', () =>
      store.restore(session, { strategy: 'truncation', bytes: new Uint8Array() }),
    )
  })
}
