/** The process that does the work, and may be killed at any time. */
import { runAgent } from '../agent/run-agent.ts'
import { openStores, withStores } from '../open-stores.ts'
import { runManifest } from '../slots.ts'
import { openToolbox } from '../workload/open-workload.ts'
import { job, type WorkerMessage } from './messages.ts'
import { hearSupervisor, tellSupervisor } from './supervisor-channel.ts'

// Ctrl-C reaches every process of the terminal. The supervisor handles it.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit())

try {
  await work()
  await tellSupervisor({ type: 'finished' } satisfies WorkerMessage)
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  await tellSupervisor({ type: 'failed', message } satisfies WorkerMessage)
}
process.disconnect?.()

async function work(): Promise<void> {
  const { dsn, home, source } = job.parse(await hearSupervisor())
  const toolbox = await openToolbox(source)
  await using stores = await openStores(dsn)
  const manifest = await runManifest.load(stores.state, home)
  if (manifest === undefined) throw new Error('the database holds no plan for this run')
  const tell = (message: WorkerMessage): void => void process.send?.(message)
  await withStores(stores, () =>
    runAgent(home.tenantId, manifest, toolbox, {
      resumed: (recollection) => tell({ type: 'resumed', recollection }),
      started: (place) => tell({ type: 'started', place }),
      saved: (place) => tell({ type: 'saved', place }),
    }),
  )
  await stores.memory.settled()
}
