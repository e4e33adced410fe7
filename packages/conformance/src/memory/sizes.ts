import assert from 'node:assert/strict'
import { parseEventId, type RunIdentity } from '@harborage/core'
import { longName } from '../support/long-names.ts'
import {
  assertHolds,
  foldedTexts,
  newTurn,
  numberedTexts,
  recentTexts,
  addTurns,
} from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { storingStrategies } from './support/strategies.ts'
import { concatenating } from './support/summarizers.ts'

/** Above the limit of a column of 64 KiB. */
const LARGE_BYTES = 100 * 1024
const NAME_BYTES = 256
const TURN_ID_BYTES = 128
/** The tokens of one text. A turn of two texts is beyond 31 bits, and two turns are beyond 32. */
const LARGE_TOKENS = 2 ** 31 - 1

/** Registers cases with sizes above those of a page, a batch, a column and a 32-bit number. */
export function sizes({ it, itIfShared, many }: MemoryCases): void {
  it(`M9 each of ${many} turns is returned in order, and restored from a snapshot`, async ({
    open,
  }) => {
    const store = await open({ strategy: 'truncation' })
    const [session, copy] = [freshIdentity(), freshIdentity()]
    const texts = numberedTexts(1, many)
    await addTurns(store, session, texts)
    await assertHolds(store, session, texts)
    await store.restore(copy, await store.snapshot(session))
    await assertHolds(store, copy, texts)
    await store.restore(copy, { bytes: new Uint8Array() })
    await assertHolds(store, copy, [])
  })

  it('S7 texts of a turn beyond 64 KiB are returned unchanged', async ({ open }) => {
    const store = await open({ strategy: 'truncation' })
    const session = freshIdentity()
    const turn = {
      ...newTurn('é'.repeat(LARGE_BYTES)),
      assistantResponse: '€'.repeat(LARGE_BYTES),
      artifactsShown: { text: '😀'.repeat(LARGE_BYTES / 4) },
    }
    await store.addTurn(session, turn)
    const [held] = (await store.getLlmContext(session)).recentTurns
    // `deepEqual` would print all of the texts if they differed.
    assert.ok(held !== undefined, 'the turn has to be found')
    for (const name of ['userMessage', 'assistantResponse'] as const) {
      assert.ok(held[name] === turn[name], `the ${name} has to be the same`)
    }
    assert.ok(JSON.stringify(held.artifactsShown) === JSON.stringify(turn.artifactsShown))
  })

  it('M4 a summary beyond 64 KiB is stored unchanged', async ({ open }) => {
    const store = await open({
      strategy: 'rolling_summary',
      recentTurns: 1,
      summarizer: concatenating,
    })
    const session = freshIdentity()
    const texts = numberedTexts(1, 4).map((text) => text.padEnd(LARGE_BYTES / 2, 'é'))
    for (const text of texts) {
      await addTurns(store, session, [text])
      await store.settled(session)
    }
    const folded = foldedTexts(await store.getLlmContext(session))
    assert.equal(folded.length, texts.length - 1)
    assert.ok(folded.join() === texts.slice(0, -1).join(), 'each text has to be the same')
  })

  it('M3 the sum of tokens may exceed 32 bits', async ({ open }) => {
    const budgetTokens = 4 * 2 * LARGE_TOKENS
    const tokenEstimator = (): number => LARGE_TOKENS
    const store = await open({ strategy: 'truncation', budgetTokens, tokenEstimator })
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 6))
    assert.deepEqual(recentTexts(await store.getLlmContext(session)), numberedTexts(3, 6))
    assert.equal(await store.estimateTokens(session), budgetTokens)
  })

  for (const rules of storingStrategies) {
    it(`M1 conversations whose names all have the maximum length are kept apart under ${rules.strategy}`, async ({
      open,
    }) => {
      const store = await open(rules)
      const { tenantId } = freshIdentity()
      const identities = Array.from({ length: 16 }, (_, variant): RunIdentity => {
        const ending = (part: number): string => ((variant >> part) % 2 === 0 ? 'é' : 'è')
        return {
          tenantId: longName(NAME_BYTES, `${tenantId}${ending(0)}`),
          userId: longName(NAME_BYTES, ending(1)),
          sessionId: longName(NAME_BYTES, ending(2)),
          runId: longName(NAME_BYTES, ending(3)),
        }
      })
      const turnAt = (index: number): ReturnType<typeof newTurn> => {
        const turnId = parseEventId(longName(TURN_ID_BYTES, `${index}`))
        return { ...newTurn(`turn ${index}`), turnId }
      }
      for (const [index, identity] of identities.entries()) {
        await store.addTurn(identity, turnAt(index))
        await store.addTurn(identity, turnAt(index))
      }
      for (const [index, identity] of identities.entries()) {
        await store.settled(identity)
        await assertHolds(store, identity, [`turn ${index}`])
      }
    })
  }

  itIfShared(
    'M5 a store sees what another store added or removed after its own reads',
    async ({ open }) => {
      const rules = { strategy: 'truncation' } as const
      const [store, other] = [await open(rules), await open(rules)]
      const session = freshIdentity()
      await addTurns(store, session, ['first'])
      await assertHolds(store, session, ['first'])
      await addTurns(other, session, ['second'])
      await assertHolds(store, session, ['first', 'second'])
      await other.restore(session, { bytes: new Uint8Array() })
      await assertHolds(store, session, [])
      await addTurns(store, session, ['third'])
      await assertHolds(other, session, ['third'])
    },
  )
}
