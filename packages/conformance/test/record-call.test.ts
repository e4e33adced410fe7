import { setImmediate } from 'node:timers/promises'

import { countRetries, recordCall } from '@harborage/conformance/histories'
import { HarborageError } from '@harborage/core'
import type {} from '@harborage/artifacts'
import { currentOperation, traceOperation } from '@harborage/core/kit'
import { expect, onTestFinished, test } from 'vitest'

let time = 0
const now = (): number => (time += 1)

/** Records a call that its engine retries `retries` times. */
async function record(retries: number, failure?: Error) {
  return recordCall({ do: 'put' }, now, () =>
    traceOperation({ store: 'artifacts', operation: 'put' }, async () => {
      for (let retry = 0; retry < retries; retry += 1) {
        await setImmediate()
        const operation = currentOperation()
        if (operation !== undefined) operation.retries += 1
      }
      if (failure !== undefined) throw failure
      return 'done'
    }),
  )
}

test('concurrent calls are recorded with their own retries', async () => {
  onTestFinished(countRetries())
  const recorded = await Promise.all([3, 0, 1].map((retries) => record(retries)))
  expect(recorded.map((call) => call?.retries)).toEqual([3, 0, 1])
})

test('a call of unknown outcome is recorded with its retries', async () => {
  onTestFinished(countRetries())
  const recorded = await record(2, new HarborageError('outcome_unknown', 'the answer was lost'))
  expect(recorded).toMatchObject({ answer: undefined, retries: 2 })
})

test('a call that certainly had no effect is not recorded', async () => {
  expect(await record(0, new HarborageError('store_unavailable', 'not there'))).toBeUndefined()
})

test('retries are counted only between countRetries and its end', async () => {
  expect((await record(2))?.retries).toBe(0)
  countRetries()()
  expect((await record(2))?.retries).toBe(0)
})
