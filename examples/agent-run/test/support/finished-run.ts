import type { Identity } from '@harborage/core'
import type { Account } from '../../src/account/account.ts'
import { takeAccount } from '../../src/account/take-account.ts'
import { prepareRun } from '../../src/agent/prepare-run.ts'
import { runAgent, type StepPlace } from '../../src/agent/run-agent.ts'
import { withStores, type Stores } from '../../src/open-stores.ts'
import { folderWorkload } from '../../src/workload/folder-workload.ts'
import { sampleFiles } from './sample-files.ts'
import { storesInMemory } from './stores-in-memory.ts'
import { temporaryFolder } from '@harborage/example-kit/temporary-folder'

export interface FinishedRun extends AsyncDisposable {
  readonly stores: Stores
  readonly acknowledged: StepPlace[]
  session(sessionId: string): Identity
  /** Checks the run, as the demo does at its end. */
  account(): Promise<Account>
}

/**
 * Makes a whole run over some files, by default the sample files, in this process and in memory.
 */
export async function finishedRun(files = sampleFiles): Promise<FinishedRun> {
  const folder = await temporaryFolder(files)
  const stores = await storesInMemory()
  const workload = await folderWorkload(folder.path)
  const { home } = workload
  const { manifest } = await prepareRun(stores, workload, false)
  const acknowledged: StepPlace[] = []
  await withStores(stores, () =>
    runAgent(home.tenantId, manifest, workload, {
      resumed: () => {},
      started: () => {},
      saved: (place) => acknowledged.push(place),
    }),
  )
  return {
    stores,
    acknowledged,
    session: (sessionId) => ({ ...home, sessionId }),
    account: () => takeAccount(stores, { home, acknowledged }, workload),
    async [Symbol.asyncDispose]() {
      await stores[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}
