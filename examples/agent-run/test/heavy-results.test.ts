import { expect, test } from 'vitest'
import { finishedRun } from './support/finished-run.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

/** Two files that make the context of their folder heavier than a slot should be. */
const heavyFiles = {
  'report/january.txt': 'cold and windy\n'.repeat(2_000),
  'report/february.txt': 'colder and windier\n'.repeat(2_000),
}

test('a result above 32 KiB is kept as an artifact, and equal ones of a session once', async () => {
  await using run = await finishedRun(heavyFiles)
  const { artifacts, checks } = await run.account()
  expect(checks.flatMap(({ faults }) => faults)).toEqual([])
  expect(artifacts).toMatchObject({ stored: 1, steps: 2, stepBytes: 2 * artifacts.storedBytes })
  expect(artifacts.storedBytes).toBeGreaterThan(60_000)
})

test('the verification finds an artifact that is gone', async () => {
  await using run = await finishedRun(heavyFiles)
  await deleteSession(run.stores.artifacts, run.session('report'))
  const { checks } = await run.account()
  expect(checks.flatMap(({ faults }) => faults)).toEqual([
    'gather_context of report/february.txt comes out differently',
    'gather_context of report/january.txt comes out differently',
  ])
})
