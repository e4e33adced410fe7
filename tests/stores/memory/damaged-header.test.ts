import { createEventBus } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { damageHeader } from './support/damage.ts'
import { numberedTurn } from './support/numbered-turns.ts'
import { openEngine } from './support/open-engine.ts'
import { sharedPlaces } from './support/places.ts'
import { session } from './support/replica-rules.ts'

const SECRET = 'my secret'

const header = {
  strategy: 'truncation',
  nextPosition: 2,
  turns: 1,
  tokens: 2,
  turnIds: [''],
  health: 'healthy',
  failures: 0,
  folder: null,
}

const damages = [
  '',
  SECRET,
  `{"strategy":"truncation","turnIds":["${SECRET}`,
  '{}',
  JSON.stringify(header),
]

test.each(sharedPlaces.flatMap(({ name, open }) => damages.map((text) => ({ name, open, text }))))(
  'a damaged header, $text, is reported without a quote, and a restore or deletion repairs it on $name',
  async ({ open, text }) => {
    await using database = await openEngine(await open())
    const rules = { database, strategy: 'truncation', bus: createEventBus() } as const
    await using memory = await openMemoryStore(rules)
    for (const number of [1, 2, 3]) await memory.addTurn(session, numberedTurn('a', number))
    const snapshot = await memory.snapshot(session)
    for (const repair of [snapshot, { bytes: new Uint8Array() }, undefined]) {
      await damageHeader(database, text)
      for (const call of [
        () => memory.health(session),
        () => memory.getLlmContext(session),
        () => memory.addTurn(session, numberedTurn('a', 4)),
      ]) {
        const error = await failureOf(call())
        expect(error).toMatchObject({ code: 'store_unavailable', retryable: false })
        expect(error.message).toContain('damaged')
        expect(`${error.message} ${String(error.cause)}`).not.toContain(SECRET)
      }
      if (repair === undefined) expect(await memory.delete(session)).toBe(true)
      else await memory.restore(session, repair)
      const { recentTurns } = await memory.getLlmContext(session)
      expect(recentTurns).toHaveLength(repair === snapshot ? 3 : 0)
      await memory.addTurn(session, numberedTurn('a', 4))
    }
  },
)
