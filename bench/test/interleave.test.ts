import { setTimeout as sleep } from 'node:timers/promises'

import { describe, expect, it } from 'vitest'

import type { Contender } from '../src/measure/benchmark.ts'
import { interleave } from '../src/measure/interleave.ts'

const pace = {
  rounds: 3,
  slices: 1,
  sliceMs: 1,
  operations: 5,
  signal: new AbortController().signal,
  onRound: () => {},
}

function contender(name: string, log: string[], facts: Partial<Contender> = {}): Contender {
  return {
    name,
    run: async () => void log.push(name),
    verify: async () => void log.push(`${name} verified`),
    ...facts,
  }
}

describe('interleave', () => {
  it('runs every contender once a round, in another order each round, and verifies at the end', async () => {
    const log: string[] = []
    const measured = await interleave([contender('a', log), contender('b', log)], pace)
    expect(log).toEqual(['a', 'b', 'a', 'b', 'b', 'a', 'a', 'b', 'a verified', 'b verified'])
    expect(measured.map(({ rounds }) => rounds.length)).toEqual([3, 3])
  })

  it('reverses the order from slice to slice within a round', async () => {
    const log: string[] = []
    const several = { ...pace, rounds: 2, slices: 2 }
    const measured = await interleave([contender('a', log), contender('b', log)], several)
    expect(log.slice(2, -2)).toEqual(['a', 'b', 'b', 'a', 'b', 'a', 'a', 'b'])
    expect(measured.map(({ rounds }) => rounds.length)).toEqual([2, 2])
  })

  it('counts all slices of a round toward its time per operation', async () => {
    const steady = contender('steady', [], { run: () => sleep(20) })
    const [measured] = await interleave([steady], { ...pace, slices: 4, operations: 1 })
    for (const microseconds of measured?.rounds ?? []) expect(microseconds).toBeGreaterThan(15_000)
  })

  it('prepares every slice for the number of operations that it runs', async () => {
    const prepared: number[] = []
    const done: number[] = []
    const careful = contender('careful', [], {
      mostOperations: 4,
      prepare: async (operations) => void prepared.push(operations),
      run: async (operations) => void done.push(operations),
    })
    const { operations: _, ...open } = pace
    await interleave([careful], { ...open, sliceMs: 1000 })
    expect(done).toEqual(prepared)
    expect(Math.max(...done)).toBe(4)
  })

  it('never runs fewer operations in a slice than all its callers need', async () => {
    const done: number[] = []
    const slow = contender('slow', [], {
      leastOperations: 256,
      run: async (operations) => void done.push(operations),
    })
    const { operations: _, ...open } = pace
    await interleave([slow], { ...open, sliceMs: 0 })
    expect(Math.min(...done)).toBe(256)
  })

  it('reports a contender that fails, and continues with the others', async () => {
    const log: string[] = []
    const broken = contender('broken', log, {
      run: async () => {
        throw new Error('no disk')
      },
    })
    const [first, second] = await interleave([broken, contender('sound', log)], pace)
    expect(first).toMatchObject({ name: 'broken', failure: 'no disk', rounds: [] })
    expect(second?.failure).toBeUndefined()
    expect(second?.rounds).toHaveLength(3)
  })

  it('counts work without an effect as failed', async () => {
    const forgetful = contender('forgetful', [], {
      verify: async () => {
        throw new Error('the payload is missing')
      },
    })
    const [measured] = await interleave([forgetful], pace)
    expect(measured?.failure).toBe('the payload is missing')
  })

  it('ends when it is interrupted', async () => {
    const interrupted = { ...pace, signal: AbortSignal.abort(new Error('interrupted')) }
    await expect(interleave([contender('a', [])], interrupted)).rejects.toThrow('interrupted')
  })
})
