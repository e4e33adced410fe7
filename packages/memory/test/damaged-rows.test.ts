import { createEventBus, type RunIdentity } from '@harborage/core'
import {
  InMemoryMemoryDriver,
  MemoryStore,
  parseMemoryRules,
  type Conversation,
  type HeldMemory,
  type KeptTurn,
  type MemoryChange,
  type ReadSet,
} from '@harborage/memory'
import { expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { goodTurn } from '@harborage/test-kit/hostile/good-turn'
import { identity } from './support/good-arguments.ts'

/** Returns turns with another text than was stored. */
class DamagedDriver extends InMemoryMemoryDriver {
  readonly #text: string

  constructor(text: string) {
    super()
    this.#text = text
  }

  override async read(owner: Required<RunIdentity>): Promise<Conversation> {
    const held = await super.read(owner)
    return { ...held, turns: held.turns.map((turn) => this.#damaged(turn)) }
  }

  override change<Result>(
    owner: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    return super.change(owner, readSet, (held) =>
      decide({ ...held, oldest: held.oldest.map((turn) => this.#damaged(turn)) }),
    )
  }

  #damaged(turn: KeptTurn): KeptTurn {
    return { ...turn, text: this.#text }
  }
}

test.each(['', '{', 'null', '[]', '{"userMessage":"hello"}'])(
  'a damaged turn, %j, is reported, and a restore repairs the conversation',
  async (text) => {
    const rules = parseMemoryRules({ strategy: 'truncation', bus: createEventBus() })
    await using store = new MemoryStore(new DamagedDriver(text), { rules })
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

test('a damaged turn is not summarized, and the health event names the reason', async () => {
  const bus = createEventBus()
  const reasons: string[] = []
  bus.subscribe({ type: 'memory.health_changed' }, ({ payload }) => {
    reasons.push(`${payload.newHealth}: ${payload.reason}`)
  })
  let asked = 0
  const rules = parseMemoryRules({
    strategy: 'rolling_summary',
    recentTurns: 0,
    retryAttempts: 0,
    bus,
    summarizer: {
      async summarize() {
        asked += 1
        return { summary: '' }
      },
    },
  })
  await using store = new MemoryStore(new DamagedDriver('{'), { rules })
  await store.addTurn(identity, goodTurn())
  await store.settled(identity)
  expect(reasons).toEqual(['retry: turn_damaged', 'degraded: turn_damaged'])
  expect(asked).toBe(0)
})
