import { describe, expect, it } from 'vitest'
import { waitUntil, withTimeout } from '../src/support/waiting.ts'

describe('waiting in a case', () => {
  it('fails with the name of what never happened', async () => {
    const never = Promise.withResolvers<void>().promise
    await expect(withTimeout('a request', never, 1)).rejects.toThrow(
      'timed out waiting for a request',
    )
    await expect(waitUntil('health', () => false, 1)).rejects.toThrow(
      'timed out waiting for health',
    )
  })

  it('ends as soon as it happened', async () => {
    let checks = 0
    await waitUntil('the third check', () => (checks += 1) === 3)
    expect(checks).toBe(3)
    expect(await withTimeout('an answer', Promise.resolve('answer'))).toBe('answer')
    await expect(withTimeout('a failure', Promise.reject(new Error('failed')))).rejects.toThrow(
      'failed',
    )
  })
})
