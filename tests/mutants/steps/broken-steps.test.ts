import { stepsConformance } from '@harborage/conformance/steps'
import {
  collectCases,
  firstFailingCase,
  type CollectedCase,
} from '@harborage/test-kit/collected-cases'
import { expect, test } from 'vitest'
import { harnessOf, type BrokenSteps } from './broken-steps.ts'
import { faults } from './faults.ts'

function casesOf(broken: Pick<BrokenSteps, 'commit' | 'changePart'>): CollectedCase[] {
  return collectCases((runner) => stepsConformance(runner, harnessOf(broken)))
}

test('the suite of steps passes on steps that are not broken', async () => {
  const failures: unknown[] = []
  for (const { name, run } of casesOf({})) {
    const failure = await run()
    if (failure !== undefined) failures.push({ name, failure })
  }
  expect(failures).toEqual([])
})

test.for(faults)('$guarantee fails on steps that $fault', async (broken) => {
  const ours = casesOf(broken).filter(({ guarantee }) => guarantee === broken.guarantee)
  expect(ours.length).toBeGreaterThan(0)
  expect(await firstFailingCase(ours)).toBeDefined()
})

test('each guarantee of steps has a broken build', () => {
  const guarantees = casesOf({}).map(({ guarantee }) => guarantee)
  expect(new Set(faults.map(({ guarantee }) => guarantee))).toEqual(new Set(guarantees))
})
