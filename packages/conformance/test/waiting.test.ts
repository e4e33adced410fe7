import { describe, expect, it } from 'vitest'
import { until, within } from '../src/support/waiting.ts'

describe('a wait of a case', () => {
  it('fails with what never came', async () => {
    const never = Promise.withResolvers<void>().promise
    await expect(within('a request', never, 1)).rejects.toThrow('waited in vain for a request')
    await expect(until('health', () => false, 1)).rejects.toThrow('waited in vain for health')
  })

  it('ends with what came', async () => {
    let looks = 0
    await until('the third look', () => (looks += 1) === 3)
    expect(looks).toBe(3)
    expect(await within('an answer', Promise.resolve('answer'))).toBe('answer')
    await expect(within('a failure', Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  })
})
