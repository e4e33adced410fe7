import { setImmediate as turn } from 'node:timers/promises'

import { identityContext, isHarborageError } from '@harborage/core'
import { createContext } from '@harborage/core/kit'
import { expect, test } from 'vitest'

const ann = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const bob = { tenantId: 'acme', userId: 'bob', sessionId: 's2' }

test('outside of a run there is no value', () => {
  expect(identityContext.get()).toBeUndefined()
})

test('require() outside of a run says how to provide the value', () => {
  const require = (): unknown => identityContext.require()
  expect(require).toThrow('identityContext.run(value, work)')
  expect(require).toThrow(expect.toSatisfy((error) => isHarborageError(error, 'invalid_config')))
})

test('within a run both get() and require() return the value, and run() returns the result', () => {
  const result = identityContext.run(ann, () => [identityContext.get(), identityContext.require()])
  expect(result).toEqual([ann, ann])
  expect(identityContext.get()).toBeUndefined()
})

test('a nested run has its own value, and the outer value is back after it', () => {
  identityContext.run(ann, () => {
    identityContext.run(bob, () => expect(identityContext.require()).toBe(bob))
    expect(identityContext.require()).toBe(ann)
  })
})

test('a run that throws leaves nothing behind', () => {
  const work = (): never => {
    throw new Error('in the run')
  }
  expect(() => identityContext.run(ann, work)).toThrow('in the run')
  expect(identityContext.get()).toBeUndefined()
})

test('the value follows awaited work, timers and callbacks', async () => {
  await identityContext.run(ann, async () => {
    await turn()
    expect(identityContext.require()).toBe(ann)
    const seen = await new Promise((resolve) => {
      setTimeout(() => resolve(identityContext.get()))
    })
    expect(seen).toBe(ann)
  })
})

test('concurrent runs never see the values of each other', async () => {
  const seen = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      identityContext.run({ ...ann, sessionId: `s${index}` }, async () => {
        for (let turns = 0; turns <= index % 5; turns += 1) await turn()
        return identityContext.require().sessionId
      }),
    ),
  )
  expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => `s${index}`))
})

test('contexts are independent, and a value may be undefined', () => {
  const first = createContext<number | undefined>('first')
  const second = createContext<number>('second')
  first.run(undefined, () => {
    expect(first.require()).toBeUndefined()
    expect(() => second.require()).toThrow('there is no second')
  })
})
