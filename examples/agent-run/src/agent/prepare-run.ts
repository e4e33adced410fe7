import { BadInput } from '@harborage/example-kit/bad-input'
import type { Stores } from '../open-stores.ts'
import { runManifest, type Manifest } from '../slots.ts'
import type { Workload } from '../workload/workload.ts'
import { countDone } from './count-done.ts'
import { forgetRun, planRun } from './plan-run.ts'

export interface PreparedRun {
  readonly manifest: Manifest
  readonly total: number
  /** The number of steps that were done before. */
  readonly done: number
}

/** Finds the run in the database, or plans it. With `again`, deletes an earlier run first. */
export async function prepareRun(
  stores: Stores,
  workload: Workload,
  again: boolean,
): Promise<PreparedRun> {
  const { home, source } = workload
  const store = stores.state
  let manifest = await runManifest.load(store, home)
  if (manifest !== undefined && again) {
    await forgetRun(stores, home, manifest)
    manifest = undefined
  }
  if (manifest !== undefined && manifest.source.path !== source.path) {
    throw new BadInput(
      `The database holds a run of another ${source.type} of that name: ${manifest.source.path}.\n` +
        'Use --again to forget that run, or --dsn for another database.',
    )
  }
  manifest ??= await planRun(store, workload)
  return {
    manifest,
    total: manifest.sessions.reduce((sum, { steps }) => sum + steps, 0),
    done: await countDone(store, home.tenantId, manifest),
  }
}
