import { type EventId, type Identity, isHarborageError, type RunIdentity } from '@harborage/core'
import type { ArtifactStore } from '@harborage/artifacts'
import type { StateStore } from '@harborage/state'
import {
  runManifest,
  sessionCost,
  sessionLifecycle,
  sessionPlan,
  STEP_KINDS,
  stepOutput,
  taskCheckpoint,
  taskStep,
  type Checkpoint,
  type Cost,
  type Lifecycle,
  type Manifest,
  type PlannedStep,
  type StepResult,
} from '../slots.ts'

/** Everything that the database holds of a run. Missing or unreadable parts are `undefined`. */
export interface StoredRun {
  readonly manifest: Manifest
  readonly sessions: readonly StoredSession[]
  readonly kinds: readonly KindUse[]
}

export interface StoredSession {
  readonly identity: Identity
  readonly plannedSteps: number
  readonly lifecycle: Lifecycle | undefined
  readonly cost: Cost | undefined
  readonly tasks: readonly StoredTask[]
}

export interface StoredTask {
  readonly run: Required<RunIdentity>
  readonly checkpoint: Checkpoint | undefined
  readonly steps: readonly StoredStep[]
}

export interface StoredStep {
  readonly planned: PlannedStep
  readonly stored: { readonly value: StepResult; readonly eventId: EventId } | undefined
  /** The bytes of the output that are kept as an artifact, if any. */
  readonly offloadedBytes: number | undefined
}

/** The number and size of a run's records of one kind. */
export interface KindUse {
  readonly kind: string
  readonly slots: number
  readonly bytes: number
}

/** Reads a run back. Needs only the store and the place of the manifest. */
export async function readBack(
  store: StateStore,
  artifacts: ArtifactStore,
  home: Identity,
): Promise<StoredRun | undefined> {
  const manifest = await readable(runManifest.load(store, home))
  if (manifest === undefined) return undefined
  const sessions: StoredSession[] = []
  for (const { userId, sessionId, steps } of manifest.sessions) {
    sessions.push(await readSession(store, artifacts, { ...home, userId, sessionId }, steps))
  }
  const owners = [home, ...sessions.map(({ identity }) => identity)]
  return { manifest, sessions, kinds: await readKinds(store, owners) }
}

async function readSession(
  store: StateStore,
  artifacts: ArtifactStore,
  identity: Identity,
  plannedSteps: number,
): Promise<StoredSession> {
  const plan = await readable(sessionPlan.load(store, identity))
  const tasks: StoredTask[] = []
  for (const { runId, steps } of plan?.tasks ?? []) {
    const run = { ...identity, runId }
    const checkpoint = await readable(taskCheckpoint.load(store, run))
    const storedSteps: StoredStep[] = []
    for (const [index, planned] of steps.entries()) {
      const stored = await readable(taskStep(index + 1).loadWithEventId(store, run))
      storedSteps.push(await fetchOutput(artifacts, identity, planned, stored))
    }
    tasks.push({ run, checkpoint, steps: storedSteps })
  }
  return {
    identity,
    plannedSteps,
    lifecycle: await readable(sessionLifecycle.load(store, identity)),
    cost: await readable(sessionCost.load(store, identity)),
    tasks,
  }
}

/** Replaces the ref of an output that is kept as an artifact by the output. */
async function fetchOutput(
  artifacts: ArtifactStore,
  session: Identity,
  planned: PlannedStep,
  stored: StoredStep['stored'],
): Promise<StoredStep> {
  if (stored?.value.artifact === undefined) return { planned, stored, offloadedBytes: undefined }
  const { artifact, ...value } = stored.value
  const text = await artifacts.getText(session, artifact.id)
  const output = text === undefined ? null : stepOutput.parse(JSON.parse(text))
  return {
    planned,
    stored: { ...stored, value: { ...value, output } },
    offloadedBytes: artifact.bytes,
  }
}

async function readable<Value>(loading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await loading
  } catch (error) {
    if (isHarborageError(error, 'invalid_record')) return undefined
    throw error
  }
}

/**
 * Counts the records of the run by kind, as an operator would: by walking across all identities.
 */
async function readKinds(store: StateStore, owners: readonly Identity[]): Promise<KindUse[]> {
  const ours = new Set(owners.map(keyOf))
  const uses = new Map<string, { slots: number; bytes: number }>()
  for (const prefix of ['run.', 'session.', 'task.']) {
    for await (const { identity, kind, bytes } of store.listKind(
      { maintenanceScoped: true },
      prefix,
    )) {
      if (!ours.has(keyOf(identity))) continue
      const name = kind.startsWith(STEP_KINDS) ? `${STEP_KINDS}…` : kind
      const use = uses.get(name) ?? { slots: 0, bytes: 0 }
      uses.set(name, { slots: use.slots + 1, bytes: use.bytes + bytes.byteLength })
    }
  }
  return [...uses].map(([kind, use]) => ({ kind, ...use }))
}

function keyOf({ tenantId, userId, sessionId }: Identity): string {
  return JSON.stringify([tenantId, userId, sessionId])
}
