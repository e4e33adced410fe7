import { createEventBus, newEventId, type RunIdentity } from '@harborage/core'
import {
  InMemoryMemoryDriver,
  MemoryStore,
  parseMemoryRules,
  type MemoryRules,
} from '@harborage/memory'
import { expect, test } from 'vitest'

import { identity } from './support/good-arguments.ts'

const TURNS = 100
const FOLDED = 1
/** Longer than one turn may be, so that it becomes more turns than were folded into it. */
const summary = 'x'.repeat(1_000_000)

const owner: Required<RunIdentity> = identity
const turns = Array.from({ length: TURNS }, (_, index) => ({
  turnId: newEventId(),
  userMessage: `turn ${index + 1}`,
  assistantResponse: '',
  timestamp: 1_700_000_000_000 + index,
}))

/** Stores a conversation as an earlier release does, which numbers the turns from 1 on. */
async function storeAsEarlierRelease(): Promise<InMemoryMemoryDriver> {
  const driver = new InMemoryMemoryDriver()
  const ids = turns.map(({ turnId }) => turnId).toReversed()
  const lineage = 7
  await driver.change(owner, {}, () => ({
    result: undefined,
    header: {
      strategy: 'rolling_summary',
      nextPosition: TURNS + 1,
      turns: TURNS - FOLDED,
      tokens: 0,
      turnIds: ids.slice(0, 64),
      health: 'healthy',
      failures: 0,
      foldClaimId: undefined,
      lastAppliedId: undefined,
      lineage,
    },
    summary,
    append: turns.slice(FOLDED).map((turn, index) => ({
      position: FOLDED + index + 1,
      tokens: 0,
      text: JSON.stringify(turn),
    })),
    remember: turns.map(({ turnId }, index) => ({ turnId, position: index + 1, at: 0, lineage })),
  }))
  return driver
}

test('convert keeps all turns and turn ids if the summary becomes more turns than were folded into it', async () => {
  const rules: MemoryRules = {
    strategy: 'truncation',
    bus: createEventBus(),
    rememberedTurnIds: 2 * TURNS,
    rememberedTurnIdsMs: 0,
  }
  await using memory = new MemoryStore(await storeAsEarlierRelease(), {
    rules: parseMemoryRules(rules),
  })
  await memory.convert(identity)
  for (const { timestamp, ...turn } of turns) {
    await memory.addTurn(identity, { ...turn, timestamp: new Date(timestamp) })
  }
  const { recentTurns } = await memory.getLlmContext(identity)
  const parts = recentTurns.slice(0, FOLDED - TURNS)
  expect(parts.length).toBeGreaterThan(FOLDED)
  expect(parts.map(({ assistantResponse }) => assistantResponse).join('') === summary).toBe(true)
  expect(recentTurns.slice(FOLDED - TURNS).map(({ userMessage }) => userMessage)).toEqual(
    turns.slice(FOLDED).map(({ userMessage }) => userMessage),
  )
})
