import { newEventId } from '@harborage/core'
import { InMemoryStateDriver, StateStore, type StateListOptions } from '@harborage/state'
import { collect } from '@harborage/test-kit/collect'
import { describe, expect, test } from 'vitest'

const RUN = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
const RECORDS = 1300
/** Of 500 such records, each holds more than its share of the 8 MiB of a page. */
const LARGE = 20 * 1024

/** Fills a store, and returns the limits of the pages that a list of it asks the driver for. */
async function limitsOf(bytes: number, options?: StateListOptions): Promise<readonly number[]> {
  const limits: number[] = []
  const driver = new InMemoryStateDriver()
  const listPage = driver.listPage.bind(driver)
  driver.listPage = (page) => {
    limits.push(page.limit)
    return listPage(page)
  }
  await using state = new StateStore(driver)
  const content = new Uint8Array(bytes)
  for (let number = 0; number < RECORDS; number += 1) {
    const kind = `step.${String(number).padStart(4, '0')}`
    await state.save({ eventId: newEventId(), identity: RUN, kind, bytes: content })
  }
  expect(await collect(state.list(RUN, 'step.', options))).toHaveLength(RECORDS)
  return limits
}

describe('a list of a state store', () => {
  test('fetches more small records at a time after the first page', async () => {
    expect(await limitsOf(100)).toEqual([100, 200, 400, 500, 500])
  })

  test('fetches no more large records at a time than fit into a page', async () => {
    const limits = await limitsOf(LARGE)
    expect(Math.max(...limits)).toBe(400)
  })

  test('fetches as many as it is told', async () => {
    const limits = await limitsOf(100, { pageSize: 650 })
    expect(limits).toEqual([650, 650, 650])
  })
})
