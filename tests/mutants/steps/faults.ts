import { randomUUID } from 'node:crypto'
import { HarborageError, isHarborageError } from '@harborage/core'
import { turns } from '@harborage/test-kit/turns'
import type { BrokenCommit, BrokenSteps, PartFields } from './broken-steps.ts'

/** Applies the parts of a step one after the other, each by itself. */
const partByPart: BrokenCommit = async (step, commit) => {
  const results: unknown[] = []
  for (const part of step.parts) {
    const { results: own } = await commit({
      ...step,
      id: undefined,
      parts: [part],
      write: () => '[]',
    })
    results.push(own?.[0])
    await turns(1)
  }
  return { results }
}

/** Applies a step without its id. */
const withoutId: BrokenCommit = (step, commit) => commit({ ...step, id: undefined })

/** Applies the first parts of a step only, and answers for all. */
const onlyFirst =
  (count: number): BrokenCommit =>
  async (step, commit) => {
    const parts = step.parts.slice(0, count)
    const { results } = await commit({ ...step, parts, write: () => '[]' })
    return { results: step.parts.map((_, index) => results?.[index]) }
  }

/** Makes the call of its own when a save is prepared. */
function writeAtOnce(contents: PartFields): object {
  if (contents.operation === 'state.save') {
    void Promise.resolve(contents.payload())
      .then((payload) => contents.alone(payload))
      .catch(() => {})
  }
  return {}
}

export const faults: readonly BrokenSteps[] = [
  { guarantee: 'X1', fault: 'apply each part by itself', commit: partByPart },
  { guarantee: 'X1', fault: 'acknowledge a part alone', commit: onlyFirst(1) },
  {
    guarantee: 'X1',
    fault: 'give an answer to the wrong part',
    async commit(step, commit) {
      const committed = await commit(step)
      return committed.results === undefined
        ? committed
        : { results: committed.results.toReversed() }
    },
  },
  {
    guarantee: 'X1',
    fault: 'are applied by half if they fail',
    async commit(step, commit) {
      try {
        return await commit(step)
      } catch (error) {
        const half = step.parts.slice(0, 1)
        await commit({ ...step, id: undefined, parts: half, write: () => '[]' }).catch(() => {})
        throw error
      }
    },
  },
  {
    guarantee: 'X1',
    fault: 'write when they are prepared, even if they are canceled',
    changePart: writeAtOnce,
  },
  {
    guarantee: 'X1',
    fault: 'do not notice that a store was closed',
    changePart: () => ({ gate: { enter() {}, leave() {} } }),
  },
  { guarantee: 'X2', fault: 'run a repeat again', commit: withoutId },
  {
    guarantee: 'X2',
    fault: 'recognize a step by its id alone',
    commit: (step, commit) =>
      commit({ ...step, id: step.id && { ...step.id, digest: 'the same' } }),
  },
  {
    guarantee: 'X2',
    fault: 'keep the ids of all tenants together',
    commit: (step, commit) => commit({ ...step, tenantId: 'all' }),
  },
  {
    guarantee: 'X2',
    fault: 'are never forgotten',
    commit: (step, commit) => commit({ ...step, owners: [] }),
  },
  {
    guarantee: 'X2',
    fault: 'apply a half of a late retry',
    commit: (step, commit) =>
      commit({ ...step, id: step.id ?? { stepId: randomUUID(), digest: '' } }),
  },
  {
    guarantee: 'X2',
    fault: 'delete without an id',
    changePart: () => ({ needsStepId: false }),
  },
  {
    guarantee: 'X3',
    fault: 'do not name the part of an error',
    async commit(step, commit) {
      try {
        return await commit(step)
      } catch (error) {
        if (!isHarborageError(error)) throw error
        throw new HarborageError(error.code, error.message)
      }
    },
  },
  {
    guarantee: 'X4',
    fault: 'change a slot twice',
    changePart: () => ({ exclusive: [] }),
  },
  { guarantee: 'X4', fault: 'may be of any size', changePart: () => ({ bytes: 0 }) },
  {
    guarantee: 'X4',
    fault: 'may be of several tenants',
    changePart: ({ owners }) => ({ owners: owners.map((owner) => ({ ...owner, tenantId: 'x' })) }),
  },
  {
    guarantee: 'X4',
    fault: 'add turns in another order',
    async commit(step, commit) {
      const parts = step.parts.toReversed()
      const { results, stored } = await commit({
        ...step,
        parts,
        write: (values) => step.write(values.toReversed()),
      })
      return stored === undefined ? { results: results.toReversed() } : { stored }
    },
  },
  {
    guarantee: 'X5',
    fault: 'leave out parts above the tenth',
    commit: (step, commit) =>
      step.parts.length <= 10 ? commit(step) : onlyFirst(10)(step, commit),
  },
  {
    guarantee: 'X6',
    fault: 'write when they are prepared',
    changePart: writeAtOnce,
  },
]
