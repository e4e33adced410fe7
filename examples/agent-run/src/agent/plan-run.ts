import { allOfSession, type Identity, newEventId } from '@harborage/core'
import type { StateStore } from '@harborage/state'
import type { Stores } from '../open-stores.ts'
import { runManifest, sessionLifecycle, sessionPlan, type Manifest, type Plan } from '../slots.ts'
import type { SessionToDo, Workload } from '../workload/workload.ts'

/**
 * Stores the plan of the whole run before any step is done, each step with its event id.
 * Interrupted planning continues where it stopped: stored plans are kept.
 */
export async function planRun(store: StateStore, workload: Workload): Promise<Manifest> {
  const { home, source, summary } = workload
  const sessions = []
  for (const session of workload.sessions) {
    const { userId, sessionId } = session
    const { tasks } = await planSession(store, { ...home, userId, sessionId }, session)
    sessions.push({
      userId,
      sessionId,
      steps: tasks.reduce((sum, task) => sum + task.steps.length, 0),
    })
  }
  const manifest = { source, summary, sessions }
  await runManifest.save(store, home, manifest, { ifEventId: null })
  return manifest
}

/** Deletes a run and everything that it saved and remembered. */
export async function forgetRun(
  { state, artifacts, memory }: Stores,
  home: Identity,
  manifest: Manifest,
): Promise<void> {
  for (const { userId, sessionId } of manifest.sessions) {
    await memory.delete({ ...home, userId, sessionId })
    await artifacts.deleteAll(allOfSession({ ...home, userId, sessionId }))
    await state.deleteAll(allOfSession({ ...home, userId, sessionId }))
  }
  await state.deleteAll(allOfSession(home))
}

async function planSession(
  store: StateStore,
  identity: Identity,
  { tasks }: SessionToDo,
): Promise<Plan> {
  const held = await sessionPlan.load(store, identity)
  if (held !== undefined) return held

  const plan: Plan = {
    tasks: tasks.map(({ runId, steps }) => ({
      runId,
      steps: steps.map((step) => ({ eventId: newEventId(), ...step })),
    })),
  }
  await store.commit({
    expect: [
      { identity, kind: sessionPlan.kind, eventId: null },
      { identity, kind: sessionLifecycle.kind, eventId: null },
    ],
    save: [
      await sessionPlan.record(identity, plan),
      await sessionLifecycle.record(identity, { status: 'planned', workers: 0 }),
    ],
  })
  return plan
}
