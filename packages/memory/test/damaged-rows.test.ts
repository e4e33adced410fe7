import { createEventBus, type RunIdentity } from '@harborage/core'
import {
  InMemoryMemoryDriver,
  MemoryStore,
  parseMemoryRules,
  type Conversation,
} from '@harborage/memory'
import { expect, test } from 'vitest'

import { failureOf } from './support/failure-of.ts'
import { goodTurn, identity } from './support/good-arguments.ts'

/** Gives turns whose text is not what was kept. */
class DamagedDriver extends InMemoryMemoryDriver {
  readonly #text: string

  constructor(text: string) {
    super()
    this.#text = text
  }

  override async read(owner: Required<RunIdentity>): Promise<Conversation> {
    const held = await super.read(owner)
    return { ...held, turns: held.turns.map((turn) => ({ ...turn, text: this.#text })) }
  }
}

test.each(['', '{', 'null', '[]', '{"userMessage":"hello"}'])(
  'a kept turn that is damaged, %j, is named, and a restore repairs it',
  async (text) => {
    const rules = parseMemoryRules({ strategy: 'truncation', bus: createEventBus() })
    await using store = new MemoryStore(new DamagedDriver(text), rules)
    await store.addTurn(identity, goodTurn())
    for (const call of [() => store.getLlmContext(identity), () => store.snapshot(identity)]) {
      const error = await failureOf(call)
      expect(error).toMatchObject({ code: 'store_unavailable', retryable: false })
      expect(error.message).toContain('damaged')
    }
    await store.restore(identity, { bytes: new Uint8Array() })
    expect((await store.getLlmContext(identity)).recentTurns).toEqual([])
  },
)
