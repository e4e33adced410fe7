import assert from 'node:assert/strict'
import { parseEventId, type RunIdentity } from '@harborage/core'
import { longName } from '../support/long-names.ts'
import {
  assertHolds,
  foldedTexts,
  newTurn,
  numbered,
  recentTexts,
  say,
} from './support/conversation.ts'
import { freshSession } from './support/fresh-session.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { keepingStrategies } from './support/strategies.ts'
import { concatenating } from './support/summarizers.ts'

/** Beyond a column of 64 KiB. */
const LARGE_BYTES = 100 * 1024
const NAME_BYTES = 256
const TURN_ID_BYTES = 128
/** A turn of two such texts is beyond 31 bits, and two turns are beyond 32. */
const LARGE_TOKENS = 2 ** 31 - 1

/** Nothing ends where a page, a batch, a column or a number of a backend does. */
export function sizes({ it, itIfShared, many }: MemoryCases): void {
  it(`M9 each of ${many} turns is shown, in order, and restored from a snapshot`, async ({
    open,
  }) => {
    const store = await open({ strategy: 'truncation' })
    const [session, copy] = [freshSession(), freshSession()]
    const texts = numbered(1, many)
    await say(store, session, texts)
    await assertHolds(store, session, texts)
    await store.restore(copy, await store.snapshot(session))
    await assertHolds(store, copy, texts)
    await store.restore(copy, { bytes: new Uint8Array() })
    await assertHolds(store, copy, [])
  })

  it('S7 texts of a turn beyond 64 KiB come back as they were', async ({ open }) => {
    const store = await open({ strategy: 'truncation' })
    const session = freshSession()
    const turn = {
      ...newTurn('é'.repeat(LARGE_BYTES)),
      assistantResponse: '€'.repeat(LARGE_BYTES),
      artifactsShown: { text: '😀'.repeat(LARGE_BYTES / 4) },
    }
    await store.addTurn(session, turn)
    const [held] = (await store.getLlmContext(session)).recentTurns
    // Compared in pieces, because a failed comparison of so much text would be printed.
    assert.ok(held !== undefined, 'the turn has to be there')
    for (const name of ['userMessage', 'assistantResponse'] as const) {
      assert.ok(held[name] === turn[name], `the ${name} has to be the same`)
    }
    assert.ok(JSON.stringify(held.artifactsShown) === JSON.stringify(turn.artifactsShown))
  })

  it('M4 a summary beyond 64 KiB is kept as a whole', async ({ open }) => {
    const store = await open({
      strategy: 'rolling_summary',
      recentTurns: 1,
      summarizer: concatenating,
    })
    const session = freshSession()
    const texts = numbered(1, 4).map((text) => text.padEnd(LARGE_BYTES / 2, 'é'))
    for (const text of texts) {
      await say(store, session, [text])
      await store.settled(session)
    }
    const folded = foldedTexts(await store.getLlmContext(session))
    assert.equal(folded.length, texts.length - 1)
    assert.ok(folded.join() === texts.slice(0, -1).join(), 'each text has to be the same')
  })

  it('M3 tokens are added up beyond 32 bits', async ({ open }) => {
    const budgetTokens = 4 * 2 * LARGE_TOKENS
    const tokenEstimator = (): number => LARGE_TOKENS
    const store = await open({ strategy: 'truncation', budgetTokens, tokenEstimator })
    const session = freshSession()
    await say(store, session, numbered(1, 6))
    assert.deepEqual(recentTexts(await store.getLlmContext(session)), numbered(3, 6))
    assert.equal(await store.estimateTokens(session), budgetTokens)
  })

  for (const rules of keepingStrategies) {
    it(`M1 conversations whose names are all as long as they may be never meet under ${rules.strategy}`, async ({
      open,
    }) => {
      const store = await open(rules)
      const { tenantId } = freshSession()
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
    'M5 what another store added or removed is so, whatever this one has read',
    async ({ open }) => {
      const rules = { strategy: 'truncation' } as const
      const [store, other] = [await open(rules), await open(rules)]
      const session = freshSession()
      await say(store, session, ['first'])
      await assertHolds(store, session, ['first'])
      await say(other, session, ['second'])
      await assertHolds(store, session, ['first', 'second'])
      await other.restore(session, { bytes: new Uint8Array() })
      await assertHolds(store, session, [])
      await say(store, session, ['third'])
      await assertHolds(other, session, ['third'])
    },
  )
}
