import assert from 'node:assert/strict'
import { isHarborageError } from '@harborage/core'
import { rejectionOf } from '../support/abort.ts'
import { assertFails } from '../support/assert-fails.ts'
import { assertHolds, newTurn, numbered, say } from './support/conversation.ts'
import { freshSession } from './support/fresh-session.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { memoryMethods, validArguments } from './support/memory-methods.ts'
import { keepingStrategies, strategies } from './support/strategies.ts'

/** These look at nothing that is stored, change the strategy, or empty the conversation. */
const unchecked = ['settled', 'convert', 'restore']

/** M11: the strategy under which a conversation is kept is a part of it. */
export function strategyCheck({ itIfDurable, itIfShared }: MemoryCases): void {
  for (const stored of keepingStrategies) {
    for (const other of strategies.filter(({ strategy }) => strategy !== stored.strategy)) {
      const what = `what is kept under ${stored.strategy}`

      for (const method of memoryMethods.filter(({ name }) => !unchecked.includes(name))) {
        itIfDurable(
          `M11 ${method.name} under ${other.strategy} refuses ${what}, and changes nothing`,
          async ({ open }) => {
            const session = freshSession()
            const first = await open(stored)
            await say(first, session, numbered(1, 4))
            await first.settled(session)
            const before = await first.snapshot(session)
            await first.close()
            const stranger = await open(other)
            const error = await rejectionOf(() => method.call(stranger, validArguments(session)))
            assert.ok(isHarborageError(error, 'strategy_mismatch'), String(error))
            assert.equal(error.retryable, false)
            for (const { strategy } of [stored, other]) {
              assert.ok(error.message.includes(`"${strategy}"`), error.message)
            }
            assert.match(error.message, /convert|restore/)
            assert.ok(!error.message.includes(session.tenantId))
            await stranger.close()
            const again = await open(stored)
            assert.deepEqual(await again.snapshot(session), before)
          },
        )
      }

      itIfDurable(
        `M11 a restore under ${other.strategy} refuses to replace ${what}`,
        async ({ open }) => {
          const [session, source] = [freshSession(), freshSession()]
          const first = await open(stored)
          await say(first, session, numbered(1, 4))
          await first.close()
          const stranger = await open(other)
          await stranger.addTurn(source, newTurn('other'))
          const snapshot = await stranger.snapshot(source)
          await assertFails('strategy_mismatch', () => stranger.restore(session, snapshot))
          await stranger.close()
          const again = await open(stored)
          await assertHolds(again, session, numbered(1, 4))
        },
      )

      itIfDurable(
        `M11 empty bytes under ${other.strategy} empty ${what}, which may be begun anew`,
        async ({ open }) => {
          const session = freshSession()
          const neighbor = { ...session, sessionId: 'other' }
          const first = await open(stored)
          await say(first, session, numbered(1, 5))
          await say(first, neighbor, ['kept'])
          await first.settled()
          await first.close()
          const stranger = await open(other)
          await stranger.restore(session, { bytes: new Uint8Array() })
          assert.deepEqual(await stranger.getLlmContext(session), {
            strategy: other.strategy,
            summary: '',
            recentTurns: [],
            tokens: 0,
          })
          await say(stranger, session, ['anew'])
          const held = other.strategy === 'none' ? [] : ['anew']
          await assertHolds(stranger, session, held)
          await stranger.close()
          const again = await open(stored)
          await assertHolds(again, neighbor, ['kept'])
          await again.restore(session, { bytes: new Uint8Array() })
          await assertHolds(again, session, [])
        },
      )
    }
  }

  itIfShared(
    'M11 two stores that begin a conversation at once keep it under one strategy',
    async ({ open }) => {
      const stores = [await open({ strategy: 'truncation' }), await open(rolling)]
      for (let round = 0; round < 10; round += 1) {
        const session = freshSession()
        const added = await Promise.allSettled(
          stores.map((store, index) => store.addTurn(session, newTurn(`by ${index}`))),
        )
        const winner = added.findIndex(({ status }) => status === 'fulfilled')
        const [store, stranger] = winner === 0 ? stores : stores.toReversed()
        assert.ok(store !== undefined && stranger !== undefined)
        assert.deepEqual(
          added.map(({ status }) => status).toSorted(),
          ['fulfilled', 'rejected'],
          'one of them was first',
        )
        await assertHolds(store, session, [`by ${winner}`])
        await assertFails('strategy_mismatch', () => stranger.getLlmContext(session))
      }
    },
  )
}

const rolling = keepingStrategies.find(({ strategy }) => strategy === 'rolling_summary')
