import type { StateStore } from '@harborage/state'
import { sessionLifecycle, sessionPlan, taskCheckpoint, type Manifest } from '../slots.ts'

/** Resolves to the number of finished steps of a run, according to its checkpoints. */
export async function countDone(
  store: StateStore,
  tenantId: string,
  manifest: Manifest,
): Promise<number> {
  let total = 0
  for (const { userId, sessionId, steps } of manifest.sessions) {
    const identity = { tenantId, userId, sessionId }
    const lifecycle = await sessionLifecycle.load(store, identity)
    if (lifecycle?.status === 'done') {
      total += steps
      continue
    }
    const plan = await sessionPlan.load(store, identity)
    for (const { runId } of plan?.tasks ?? []) {
      total += (await taskCheckpoint.load(store, { ...identity, runId }))?.done ?? 0
    }
  }
  return total
}
