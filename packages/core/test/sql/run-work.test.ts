import { HarborageError } from '@harborage/core'
import {
  runWork,
  SqlFailure,
  WriteConflict,
  type SqlWork,
  type TransactionTraits,
  type WorkTraits,
} from '@harborage/core/sql'
import { expect, test } from 'vitest'

const TRAITS: WorkTraits = { name: 'test_work', repeat: 'recognized', subject: 'the thing' }

/** Runs works without statements. Each attempt receives the next of the answers. */
function callsTelling(...lost: readonly boolean[]) {
  let attempts = 0
  return {
    attempts: () => attempts,
    async transaction<Result>(
      _traits: TransactionTraits,
      work: (mayBeApplied: boolean) => SqlWork<Result>,
    ): Promise<Result> {
      const state = work(lost[attempts++] ?? false).next([])
      if (state.done === true) return state.value
      throw new Error('no statement is expected')
    },
  }
}

// oxlint-disable-next-line require-yield
function* failingWork(error: unknown): SqlWork<never> {
  throw error
}

// oxlint-disable-next-line require-yield
function* answeringWork<Result>(result: Result): SqlWork<Result> {
  return result
}

test('runs a work again after each conflict, including one of another copy of the package', async () => {
  const calls = callsTelling()
  const another = Object.assign(new Error('a conflict'), {
    [Symbol.for('harborage.write_conflict')]: true,
  })
  const conflicts = [new WriteConflict(), another]
  const work = (): SqlWork<string> => {
    const conflict = conflicts.shift()
    return conflict === undefined ? answeringWork('done') : failingWork(conflict)
  }
  expect(await runWork(calls, TRAITS, work)).toBe('done')
  expect(calls.attempts()).toBe(3)
})

test('gives up after 100 conflicts, and names what others change', async () => {
  const calls = callsTelling()
  const running = runWork(calls, TRAITS, () => failingWork(new WriteConflict()))
  await expect(running).rejects.toMatchObject({ code: 'store_unavailable' })
  await expect(running).rejects.toThrow('the thing was changed by others')
  expect(calls.attempts()).toBe(100)
})

test('tells each attempt whether one before it may have been applied', async () => {
  const told: boolean[] = []
  const work = (mayBeApplied: boolean): SqlWork<string> => {
    told.push(mayBeApplied)
    return told.length < 4 ? failingWork(new WriteConflict()) : answeringWork('done')
  }
  await runWork(callsTelling(false, true, false, false), TRAITS, work)
  expect(told).toEqual([false, true, true, true])
  told.length = 0
  await runWork(callsTelling(), TRAITS, work, { mayBeApplied: true })
  expect(told).toEqual([true, true, true, true])
})

test.each([true, false])(
  'treats a unique violation as a conflict: %s',
  async (conflictsOnUnique) => {
    const calls = callsTelling()
    const work = (): SqlWork<string> =>
      calls.attempts() === 1
        ? failingWork(new SqlFailure('unique_violation'))
        : answeringWork('done')
    const running = runWork(calls, { ...TRAITS, conflictsOnUnique }, work, { mayBeApplied: false })
    if (conflictsOnUnique) expect(await running).toBe('done')
    else await expect(running).rejects.toMatchObject({ code: 'outcome_unknown' })
  },
)

test('reports an unknown outcome only if something was tried before', async () => {
  const gone = new HarborageError('store_unavailable', 'the server is gone')
  const work = () => failingWork(gone)
  await expect(runWork(callsTelling(), TRAITS, work)).rejects.toBe(gone)
  const prior = { mayBeApplied: false }
  await expect(runWork(callsTelling(), TRAITS, work, prior)).rejects.toMatchObject({
    code: 'outcome_unknown',
    cause: gone,
  })
  const damaged = new HarborageError('store_unavailable', 'a row is damaged', { retryable: false })
  const reading = () => failingWork(damaged)
  await expect(runWork(callsTelling(), TRAITS, reading, prior)).rejects.toBe(damaged)
  const lost = { mayBeApplied: true }
  await expect(runWork(callsTelling(), TRAITS, reading, lost)).rejects.toMatchObject({
    code: 'outcome_unknown',
    cause: damaged,
  })
  const refused = new HarborageError('condition_failed', 'no')
  const refusing = runWork(callsTelling(), TRAITS, () => failingWork(refused), prior)
  await expect(refusing).rejects.toBe(refused)
})
