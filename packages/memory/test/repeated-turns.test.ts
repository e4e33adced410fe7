import { newEventId } from '@harborage/core'
import type { HeldMemory } from '@harborage/memory'
import { expect, test } from 'vitest'

import { decideAddTurn } from '../src/internal/decide-add-turn.ts'
import { emptyHeader } from '../src/internal/header.ts'
import { remembered } from '../src/internal/turn-ids.ts'
import { checkTurn } from '../src/internal/turn-text.ts'

const rules = {
  strategy: 'rolling_summary',
  budgetTokens: 0,
  recentTurns: 1,
  maxBacklogTurns: 1,
  rememberedTurnIds: 64,
  rememberedTurnIdsMs: 86_400_000,
} as const

const turn = checkTurn({ turnId: newEventId(), userMessage: 'u', assistantResponse: 'a' })
const empty = emptyHeader('rolling_summary')
const header = {
  ...empty,
  nextPosition: empty.nextPosition + 2,
  turns: 2,
  health: 'degraded',
} as const
const held: HeldMemory = {
  header,
  summary: '',
  exists: true,
  oldest: [{ position: empty.nextPosition, tokens: 0, text: turn.text }],
  remembered: undefined,
  mayBeApplied: false,
}
const found = { ...held, remembered: remembered(turn.turnId, empty.nextPosition, header) }

test.each([
  ['was rolled back', false, 0],
  ['may have been applied', true, 1],
])('a turn whose id is found after an attempt that %s', (_, mayBeApplied, droppedTurns) => {
  const decide = decideAddTurn(turn, 0, rules)
  expect(decide(held).result.droppedTurns).toBe(1)
  const { result, header: written } = decide({ ...found, mayBeApplied })
  expect(result.droppedTurns).toBe(droppedTurns)
  expect(written).toBeUndefined()
})
