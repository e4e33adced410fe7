import { describe, expect, it } from 'vitest'

import { callersAtOnce } from '../src/measure/callers.ts'

describe('callersAtOnce', () => {
  it.each([1, 3, 32])('does every operation once with %i callers', async (callers) => {
    const done: number[] = []
    await callersAtOnce(callers, 50, async (index) => {
      await Promise.resolve()
      done.push(index)
    })
    expect(done.toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 50 }, (_, index) => index),
    )
  })

  it('runs as many operations at once as there are callers, and never more', async () => {
    let under = 0
    let most = 0
    await callersAtOnce(8, 100, async () => {
      under += 1
      most = Math.max(most, under)
      await new Promise(setImmediate)
      under -= 1
    })
    expect(most).toBe(8)
  })

  it('fails if an operation fails', async () => {
    const failing = callersAtOnce(4, 10, async (index) => {
      if (index === 7) throw new Error('refused')
    })
    await expect(failing).rejects.toThrow('refused')
  })
})
