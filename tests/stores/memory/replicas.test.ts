import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { openMemoryStore } from '@harborage/memory'
import { describe, expect, test } from 'vitest'

import { faultsInOrder, namesIn, rememberedNames } from './support/numbered-turns.ts'
import { turnsAheadOfTheirTime } from './support/order-of-acknowledgement.ts'
import { sharedPlaces } from './support/places.ts'
import { reliableSummarizer } from './support/reliable-summarizer.ts'
import { replicaRules, session } from './support/replica-rules.ts'
import { runReplicas } from './support/replicas.ts'
import { measure } from '@harborage/test-kit/measure'

const speakers = ['a', 'b', 'c', 'd']
/** The turns of a speaker. Four speakers on two stores add 10,000 turns in the full run. */
const turnsEach = measure({ quick: 30, full: 1_250 })
const kills = measure({ quick: 2, full: 12 })

describe.each(sharedPlaces)('four processes in one conversation on $name', ({ open }) => {
  test('lose no turn, duplicate none and keep their order, though the process that folds is killed repeatedly', async () => {
    const dsn = await open()
    const log = await runReplicas({ dsn, speakers, turnsEach, kills })
    await using memory = await openMemoryStore({ dsn, ...replicaRules(reliableSummarizer) })
    const context = await memory.getLlmContext(session)
    const names = rememberedNames(context)
    const remembered = new Set(names)
    const acknowledged = log.added.map(({ name }) => name)

    expect(log.killedDuringFolds).toBe(kills)
    expect(log.faults, 'of what a summarizer was given').toEqual([])
    expect(faultsInOrder(names)).toEqual([])
    expect(names).toHaveLength(speakers.length * turnsEach)
    expect(new Set(acknowledged).size).toBe(acknowledged.length)
    expect(acknowledged.filter((name) => !remembered.has(name))).toEqual([])
    expect(turnsAheadOfTheirTime(names, log.added)).toEqual([])
    expect(namesIn(context.summary).length).toBeGreaterThan(names.length / 4)
  })
})
