import assert from 'node:assert/strict'
import { isHarborageError } from '@harborage/core'
import { rejectionOf } from '../support/rejection-of.ts'
import { assertFails } from '../support/assert-fails.ts'
import { assertHolds, newTurn, numberedTexts, addTurns } from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { memoryMethods, validArguments } from './support/memory-methods.ts'
import { storingStrategies, strategies } from './support/strategies.ts'

/**
 * Methods that read nothing of the conversation, change its strategy, or replace or delete it.
 */
const unchecked = ['settled', 'convert', 'restore', 'delete', 'passages.replace']

/** Registers the cases of M11: a conversation belongs to the strategy that stored it. */
export function strategyCheck({ itIfDurable, itIfShared }: MemoryCases): void {
  for (const stored of storingStrategies) {
    for (const other of strategies.filter(({ strategy }) => strategy !== stored.strategy)) {
      const what = `a conversation stored under ${stored.strategy}`

      for (const method of memoryMethods.filter(({ name }) => !unchecked.includes(name))) {
        itIfDurable(
          `M11 ${method.name} under ${other.strategy} rejects ${what}, and changes nothing`,
          async ({ open }) => {
            const session = freshIdentity()
            const first = await open(stored)
            await addTurns(first, session, numberedTexts(1, 4))
            await first.settled(session)
            const before = await first.snapshot(session)
            await first.close()
            const otherStore = await open(other)
            const error = await rejectionOf(() => method.call(otherStore, validArguments(session)))
            assert.ok(isHarborageError(error, 'strategy_mismatch'), String(error))
            assert.equal(error.retryable, false)
            for (const { strategy } of [stored, other]) {
              assert.ok(error.message.includes(`"${strategy}"`), error.message)
            }
            assert.match(error.message, /convert|delete/)
            assert.ok(!error.message.includes(session.tenantId))
            await otherStore.close()
            const again = await open(stored)
            assert.deepEqual(await again.snapshot(session), before)
          },
        )
      }

      itIfDurable(
        `M11 a restore under ${other.strategy} does not replace ${what}`,
        async ({ open }) => {
          const [session, source] = [freshIdentity(), freshIdentity()]
          const first = await open(stored)
          await addTurns(first, session, numberedTexts(1, 4))
          await first.close()
          const otherStore = await open(other)
          await otherStore.addTurn(source, newTurn('other'))
          const snapshot = await otherStore.snapshot(source)
          await assertFails('strategy_mismatch', () => otherStore.restore(session, snapshot))
          await otherStore.close()
          const again = await open(stored)
          await assertHolds(again, session, numberedTexts(1, 4))
        },
      )

      itIfDurable(
        `M11 restoring empty bytes under ${other.strategy} empties ${what} for a new one`,
        async ({ open }) => {
          const session = freshIdentity()
          const neighbor = { ...session, sessionId: 'other' }
          const first = await open(stored)
          await addTurns(first, session, numberedTexts(1, 5))
          await addTurns(first, neighbor, ['kept'])
          await first.settled()
          await first.close()
          const otherStore = await open(other)
          await otherStore.restore(session, { bytes: new Uint8Array() })
          assert.deepEqual(await otherStore.getLlmContext(session), {
            strategy: other.strategy,
            summary: '',
            recentTurns: [],
            tokens: 0,
          })
          await addTurns(otherStore, session, ['new'])
          const held = other.strategy === 'none' ? [] : ['new']
          await assertHolds(otherStore, session, held)
          await otherStore.close()
          const again = await open(stored)
          await assertHolds(again, neighbor, ['kept'])
          await again.restore(session, { bytes: new Uint8Array() })
          await assertHolds(again, session, [])
        },
      )
    }
  }

  itIfShared(
    'M11 two stores that begin a conversation at the same time store it under one strategy',
    async ({ open }) => {
      const stores = [await open({ strategy: 'truncation' }), await open(rolling)]
      for (let round = 0; round < 10; round += 1) {
        const session = freshIdentity()
        const added = await Promise.allSettled(
          stores.map((store, index) => store.addTurn(session, newTurn(`by ${index}`))),
        )
        const winner = added.findIndex(({ status }) => status === 'fulfilled')
        const [store, otherStore] = winner === 0 ? stores : stores.toReversed()
        assert.ok(store !== undefined && otherStore !== undefined)
        assert.deepEqual(
          added.map(({ status }) => status).toSorted(),
          ['fulfilled', 'rejected'],
          'exactly one store has to succeed',
        )
        await assertHolds(store, session, [`by ${winner}`])
        await assertFails('strategy_mismatch', () => otherStore.getLlmContext(session))
      }
    },
  )
}

const rolling = storingStrategies.find(({ strategy }) => strategy === 'rolling_summary')
