import { type Identity, identityContext, isHarborageError } from '@harborage/core'
import { memoryContext } from '@harborage/memory'
import { stateContext } from '@harborage/state'
import { recall, type Recollection } from '../memory/recall.ts'
import { turnOfStep } from '../memory/step-turn.ts'
import {
  sessionLifecycle,
  sessionPlan,
  taskCheckpoint,
  type Manifest,
  type PlannedStep,
  type PlannedTask,
} from '../slots.ts'
import type { Toolbox } from '../workload/workload.ts'
import { keepOutput } from './keep-output.ts'
import { saveStep } from './save-step.ts'

/** A step's place in the whole run, from 1. */
export interface StepPlace {
  readonly ordinal: number
  readonly session: Identity
  readonly step: PlannedStep
}

/** Receives the progress of the agent. A step is durable when it is reported as `saved`. */
export interface AgentListener {
  /** Receives the conversation with which a session continues. */
  resumed(recollection: Recollection): void
  started(place: StepPlace): void
  saved(place: StepPlace): void
}

/** The place of a task in the run: its first step and that of its session. */
interface TaskPlace {
  readonly first: number
  readonly ofSession: number
  readonly isLast: boolean
}

const MOST_CONFLICTS = 10

/** Works through the planned sessions of a tenant, and continues where an earlier agent stopped. */
export async function runAgent(
  tenantId: string,
  manifest: Manifest,
  toolbox: Toolbox,
  listener: AgentListener,
): Promise<void> {
  let before = 0
  for (const { userId, sessionId, steps } of manifest.sessions) {
    const identity = { tenantId, userId, sessionId }
    const first = before + 1
    await identityContext.run(identity, () => runSession(first, toolbox, listener))
    before += steps
  }
}

async function runSession(first: number, toolbox: Toolbox, listener: AgentListener): Promise<void> {
  const store = stateContext.require()
  const identity = identityContext.require()
  const lifecycle = await sessionLifecycle.load(store, identity)
  if (lifecycle?.status === 'done') return
  await sessionLifecycle.update(store, identity, (held) => ({
    status: 'running',
    workers: (held?.workers ?? 0) + 1,
  }))
  listener.resumed(await recall(memoryContext.require(), identity))

  const { tasks } = (await sessionPlan.load(store, identity)) ?? { tasks: [] }
  let before = first - 1
  for (const task of tasks) {
    const place = { first: before + 1, ofSession: first, isLast: task === tasks.at(-1) }
    await runTask(task, place, toolbox, listener)
    before += task.steps.length
  }
}

/** Reads the next step from the checkpoint before every step, and never from its own memory. */
async function runTask(
  task: PlannedTask,
  { first, ofSession, isLast }: TaskPlace,
  toolbox: Toolbox,
  listener: AgentListener,
): Promise<void> {
  const store = stateContext.require()
  const session = identityContext.require()
  const run = { ...session, runId: task.runId }
  let conflicts = 0
  for (;;) {
    const checkpoint = await taskCheckpoint.loadWithEventId(store, run)
    const done = checkpoint?.value.done ?? 0
    const step = task.steps[done]
    if (step === undefined) return

    const place = { ordinal: first + done, session, step }
    listener.started(place)
    const result = await keepOutput(session, await toolbox.use(step))
    try {
      await saveStep({
        run,
        task,
        step,
        number: done + 1,
        checkpoint: checkpoint?.eventId ?? null,
        result,
        turn: turnOfStep(place.ordinal - ofSession + 1, step, result),
        endsSession: isLast && done + 1 === task.steps.length,
      })
      listener.saved(place)
      conflicts = 0
    } catch (error) {
      // The last commit of a killed worker may arrive late. Then the checkpoint shows that the step
      // is done.
      conflicts += 1
      if (!isHarborageError(error, 'condition_failed') || conflicts > MOST_CONFLICTS) throw error
    }
  }
}
