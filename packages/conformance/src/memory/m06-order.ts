import assert from 'node:assert/strict'
import { assertHolds, heldTexts, newTurn, numberedTexts } from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { storingStrategies } from './support/strategies.ts'

const CHAINS = 8
const LINKS = 10

/** Registers the cases of M6: turns have the order in which they were acknowledged. */
export function order({ it, itIfShared }: MemoryCases): void {
  for (const rules of storingStrategies) {
    const under = `under ${rules.strategy}`

    it(`M6 the order is that of the calls, not of the timestamps or ids ${under}`, async ({
      open,
    }) => {
      const store = await open(rules)
      const session = freshIdentity()
      const texts = numberedTexts(1, 20)
      const turns = texts.map(newTurn)
      const ids = turns.map(({ turnId }) => turnId).toReversed()
      for (const [index, turn] of turns.entries()) {
        const turnId = ids[index]
        const timestamp = new Date(1_000_000 - index * 1_000)
        await store.addTurn(session, { ...turn, ...(turnId && { turnId }), timestamp })
      }
      await store.settled(session)
      await assertHolds(store, session, texts)
    })

    itIfShared(
      `M6 two stores that add turns alternately see the same order ${under}`,
      async ({ open }) => {
        const stores = [await open(rules), await open(rules)]
        const session = freshIdentity()
        const texts = numberedTexts(1, 40)
        for (const [index, text] of texts.entries()) {
          await stores[index % 2]?.addTurn(session, newTurn(text))
        }
        for (const store of stores) await store.compact(session)
        for (const store of stores) await assertHolds(store, session, texts)
      },
    )

    itIfShared(
      `M6 a turn that is added after an acknowledged turn comes after it ${under}`,
      async ({ open }) => {
        const stores = [await open(rules), await open(rules)]
        const session = freshIdentity()
        const chain = async (name: number): Promise<void> => {
          for (let link = 0; link < LINKS; link += 1) {
            await stores[(name + link) % 2]?.addTurn(session, newTurn(`${name}.${link}`))
          }
        }
        await Promise.all(Array.from({ length: CHAINS }, (_, name) => chain(name)))
        const [store] = stores
        assert.ok(store !== undefined)
        for (const each of stores) await each.compact(session)
        const held = await heldTexts(store, session)
        for (let name = 0; name < CHAINS; name += 1) {
          const links = held.filter((text) => text.startsWith(`${name}.`))
          assert.deepEqual(
            links,
            Array.from({ length: LINKS }, (_, link) => `${name}.${link}`),
          )
        }
      },
    )
  }
}
