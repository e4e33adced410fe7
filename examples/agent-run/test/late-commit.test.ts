import { expect, test } from 'vitest'
import { takeAccount } from '../src/account/take-account.ts'
import { prepareRun } from '../src/agent/prepare-run.ts'
import { runAgent, type AgentListener } from '../src/agent/run-agent.ts'
import { withStores } from '../src/open-stores.ts'
import { folderWorkload } from '../src/workload/folder-workload.ts'
import type { Toolbox } from '../src/workload/workload.ts'
import { SAMPLE_STEPS, sampleFiles } from './support/sample-files.ts'
import { storesInMemory } from './support/stores-in-memory.ts'
import { temporaryFolder } from '@harborage/example-kit/temporary-folder'

const ignoringListener: AgentListener = { resumed: () => {}, started: () => {}, saved: () => {} }

test('a step that another worker saves in the meantime is not saved again', async () => {
  await using folder = await temporaryFolder(sampleFiles)
  await using stores = await storesInMemory()
  const workload = await folderWorkload(folder.path)
  const { home } = workload
  const { manifest } = await prepareRun(stores, workload, false)

  let overtaken = false
  const slow: Toolbox = {
    ...workload,
    async use(step) {
      const result = await workload.use(step)
      if (!overtaken && step.action === 'frequent_words') {
        overtaken = true
        await runAgent(home.tenantId, manifest, workload, ignoringListener)
      }
      return result
    },
  }
  const saved: number[] = []
  await withStores(stores, () =>
    runAgent(home.tenantId, manifest, slow, {
      ...ignoringListener,
      saved: ({ ordinal }) => saved.push(ordinal),
    }),
  )

  expect(saved).toEqual([1, 2])
  const { checks, totals } = await takeAccount(stores, { home, acknowledged: [] }, workload)
  expect(checks.flatMap(({ faults }) => faults)).toEqual([])
  expect(totals.steps).toBe(SAMPLE_STEPS)
})

test('workers that work side by side do every step once', async () => {
  await using folder = await temporaryFolder(sampleFiles)
  await using stores = await storesInMemory()
  const workload = await folderWorkload(folder.path)
  const { home } = workload
  const { manifest } = await prepareRun(stores, workload, false)

  const saved: number[] = []
  const work = (): Promise<void> =>
    runAgent(home.tenantId, manifest, workload, {
      ...ignoringListener,
      saved: ({ ordinal }) => saved.push(ordinal),
    })
  await withStores(stores, () => Promise.all([work(), work(), work()]))

  const every = Array.from({ length: SAMPLE_STEPS }, (_, index) => index + 1)
  expect(saved.sort((a, b) => a - b)).toEqual(every)
  const { checks } = await takeAccount(stores, { home, acknowledged: [] }, workload)
  expect(checks.flatMap(({ faults }) => faults)).toEqual([])
})
