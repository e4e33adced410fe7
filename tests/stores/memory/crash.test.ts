import { describe, expect, test } from 'vitest'

import { measure } from '@harborage/test-kit/measure'
import { killAtEveryStep, type KilledConversation } from './support/killed-conversation.ts'
import { sharedPlaces, sqlitePlace } from './support/places.ts'
import { toldTurns } from './support/told-turns.ts'

/** Every step in full; the steps of one transaction are alike. */
const STRIDE = measure({ quick: 12, full: 1 })

const told = toldTurns.map((turn) => turn.userMessage)

describe.each(sharedPlaces)(
  'a process killed at any step of a conversation on $name',
  ({ open }) => {
    test('loses no acknowledged turn, and a retry stores a turn once', async () => {
      const faults: string[] = []
      let kills = 0
      for await (const conversation of killAtEveryStep(await open(), 'sound', STRIDE)) {
        faults.push(...faultsOf(conversation))
        if (conversation.wasKilled) kills += 1
      }

      expect(faults).toEqual([])
      expect(kills).toBeGreaterThan(25 / STRIDE)
    })
  },
)

test('a transaction that is not one shows', async () => {
  const faults: string[] = []
  for await (const conversation of killAtEveryStep(await sqlitePlace(), 'torn')) {
    faults.push(...faultsOf(conversation))
    if (faults.length > 0) break
  }

  expect(faults).not.toEqual([])
})

/** Returns the broken promises. The last turn that was begun may be stored or not. */
function faultsOf(conversation: KilledConversation): string[] {
  const { step, acknowledged, afterCrash, afterRetry, summaryAfterRetry } = conversation
  const begun = told.slice(0, acknowledged.length + 1)
  const isKept = [acknowledged, begun].some((names) => String(names) === String(afterCrash))
  const isWhole =
    String(afterRetry) === String(told) && summaryAfterRetry === told.slice(0, -1).join(' ')
  return [
    ...(isKept ? [] : [`step ${step}: ${String(afterCrash)} after ${String(acknowledged)}`]),
    ...(isWhole ? [] : [`step ${step}: ${String(afterRetry)} after the retry`]),
  ]
}
