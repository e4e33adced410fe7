import type { EventId, Identity, RunIdentity } from '@harborage/core'
import { memoryContext, type ConversationTurn } from '@harborage/memory'
import { stateContext, type StateStore, type StateTransaction } from '@harborage/state'
import {
  sessionCost,
  sessionLifecycle,
  taskCheckpoint,
  taskStep,
  type PlannedStep,
  type PlannedTask,
  type StepResult,
} from '../slots.ts'
import { addCost, NO_COST } from './add-cost.ts'
import { commitStep } from './commit-step.ts'

export interface FinishedStep {
  readonly run: RunIdentity
  readonly task: PlannedTask
  readonly step: PlannedStep
  /** The step's place in its task, from 1. */
  readonly number: number
  /**
   * The generation of the checkpoint that named this step as the next one, or `null` if there was
   * none.
   */
  readonly checkpoint: EventId | null
  readonly result: StepResult
  /** What is remembered of the step. */
  readonly turn: ConversationTurn
  readonly endsSession: boolean
}

/**
 * Saves one finished step in one commit: its result, the checkpoint, the costs, its turn of the
 * conversation and, at the end, the change of the session's lifecycle.
 *
 * @throws `condition_failed` if another worker has continued meanwhile. Then nothing is saved.
 */
export async function saveStep(finished: FinishedStep): Promise<void> {
  const { run, task, step, number, checkpoint, result, turn, endsSession } = finished
  const store = stateContext.require()
  const session = { tenantId: run.tenantId, userId: run.userId, sessionId: run.sessionId }
  const cost = await sessionCost.loadWithEventId(store, session)
  const ending = endsSession ? await endSession(store, session) : {}
  const slot = taskStep(number)

  const slots = {
    expect: [
      { identity: run, kind: slot.kind, eventId: null },
      { identity: run, kind: taskCheckpoint.kind, eventId: checkpoint },
      { identity: session, kind: sessionCost.kind, eventId: cost?.eventId ?? null },
      ...(ending.expect ?? []),
    ],
    save: [
      await slot.record(run, result, step.eventId),
      await taskCheckpoint.record(run, { done: number, of: task.steps.length }),
      await sessionCost.record(session, addCost(cost?.value ?? NO_COST, result)),
      ...(ending.save ?? []),
    ],
  }
  await commitStep({
    slots: store.prepare.commit(slots),
    turn: memoryContext.require().prepare.addTurn(session, turn),
  })
}

async function endSession(store: StateStore, identity: Identity): Promise<StateTransaction> {
  const lifecycle = await sessionLifecycle.loadWithEventId(store, identity)
  const { workers } = lifecycle?.value ?? { workers: 1 }
  return {
    expect: [{ identity, kind: sessionLifecycle.kind, eventId: lifecycle?.eventId ?? null }],
    save: [await sessionLifecycle.record(identity, { status: 'done', workers })],
  }
}
