import { checkEventId } from '@harborage/core/kit'
import { defineSlot, type TypedSlot } from '@harborage/state'
import { z } from 'zod'

/** An event id that was kept in a slot, checked again on its way out. */
const eventId = z.string().transform((text) => checkEventId('eventId', text))
const count = z.int().min(0)

/** Where the work comes from, so that every process finds the same files again. */
export const workSource = z.object({
  type: z.enum(['folder', 'transcript']),
  path: z.string(),
})
export type WorkSource = z.output<typeof workSource>

const manifest = z.object({
  source: workSource,
  summary: z.string(),
  sessions: z.array(z.object({ userId: z.string(), sessionId: z.string(), steps: count })),
})
export type Manifest = z.output<typeof manifest>

/** One per run, written last: once it is there, the plan is complete and never changes. */
export const runManifest: Slot<typeof manifest> = defineSlot({
  kind: 'run.manifest',
  schema: manifest,
})

const plan = z.object({
  tasks: z.array(
    z.object({
      runId: z.string(),
      steps: z.array(z.object({ eventId, action: z.string(), target: z.string() })),
    }),
  ),
})
export type Plan = z.output<typeof plan>
export type PlannedTask = Plan['tasks'][number]
export type PlannedStep = PlannedTask['steps'][number]

/**
 * One per session: what is to be done, each step with the event id under which it will be saved.
 */
export const sessionPlan: Slot<typeof plan> = defineSlot({ kind: 'session.plan', schema: plan })

const lifecycle = z.object({
  status: z.enum(['planned', 'running', 'done']),
  /** How many worker processes have taken the session up so far. */
  workers: count,
})
export type Lifecycle = z.output<typeof lifecycle>

/** One per session. */
export const sessionLifecycle: Slot<typeof lifecycle> = defineSlot({
  kind: 'session.lifecycle',
  schema: lifecycle,
})

const cost = z.object({
  steps: count,
  bytes: count,
  tokens: count,
  /** Millionths of a dollar. */
  microUsd: count,
  byAction: z.record(z.string(), count),
})
export type Cost = z.output<typeof cost>

/** One per session: a running sum. A step that was applied twice would show in it forever. */
export const sessionCost: Slot<typeof cost> = defineSlot({ kind: 'session.cost', schema: cost })

const checkpoint = z.object({ done: count, of: count })
export type Checkpoint = z.output<typeof checkpoint>

/** One per task, which is a run: the number of its finished steps. */
export const taskCheckpoint: Slot<typeof checkpoint> = defineSlot({
  kind: 'task.checkpoint',
  schema: checkpoint,
})

/** The output of a tool. */
export const stepOutput = z.json()

const stepResult = z.object({
  action: z.string(),
  target: z.string(),
  /** The digest of the step's input, by which a later reader sees whether it has changed. */
  inputSha256: z.string(),
  bytes: count,
  /** The output of the tool, or `null` if it is kept as an artifact. */
  output: stepOutput,
  /** The artifact that holds a heavy output. */
  artifact: z.object({ id: z.string(), bytes: count }).exactOptional(),
})
export type StepResult = z.output<typeof stepResult>

/** The prefix of the kind of every step's result. */
export const STEP_KINDS = 'task.step/'

/** Returns the slot of a step's result. `number` counts from 1 within the task. */
export function taskStep(number: number): Slot<typeof stepResult> {
  const kind = `${STEP_KINDS}${String(number).padStart(4, '0')}`
  return defineSlot({ kind, schema: stepResult })
}

type Slot<Schema extends z.ZodType> = TypedSlot<z.input<Schema>, z.output<Schema>>
