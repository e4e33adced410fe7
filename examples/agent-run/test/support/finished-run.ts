import type { Identity } from '@harborage/core'
import { memoryContext, type MemoryStore } from '@harborage/memory'
import { openStateStore, stateContext, type StateStore } from '@harborage/state'
import type { Account } from '../../src/account/account.ts'
import { takeAccount } from '../../src/account/take-account.ts'
import { prepareRun } from '../../src/agent/prepare-run.ts'
import { runAgent, type StepPlace } from '../../src/agent/run-agent.ts'
import { openMemory } from '../../src/memory/open-memory.ts'
import { folderWorkload } from '../../src/workload/folder-workload.ts'
import { sampleFiles } from './sample-files.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface FinishedRun extends AsyncDisposable {
  readonly store: StateStore
  readonly memory: MemoryStore
  readonly acknowledged: StepPlace[]
  session(sessionId: string): Identity
  /** Checks the run, as the demo does at its end. */
  account(): Promise<Account>
}

/** A whole run over the sample files, in this process and in memory. */
export async function finishedRun(): Promise<FinishedRun> {
  const folder = await temporaryFolder(sampleFiles)
  const store = await openStateStore()
  const memory = await openMemory()
  const workload = await folderWorkload(folder.path)
  const { home } = workload
  const { manifest } = await prepareRun(store, memory, workload, false)
  const acknowledged: StepPlace[] = []
  await stateContext.run(store, () =>
    memoryContext.run(memory, () =>
      runAgent(home.tenantId, manifest, workload, {
        resumed: () => {},
        started: () => {},
        saved: (place) => acknowledged.push(place),
      }),
    ),
  )
  return {
    store,
    memory,
    acknowledged,
    session: (sessionId) => ({ ...home, sessionId }),
    account: () => takeAccount(store, memory, { home, acknowledged }, workload),
    async [Symbol.asyncDispose]() {
      await memory.close()
      await store.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}
