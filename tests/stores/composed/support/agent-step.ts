import { createHash } from 'node:crypto'
import type { ArtifactRef, NewArtifact } from '@harborage/artifacts'
import { putWork } from '@harborage/artifacts/sql'
import { newEventId, parseEventId, type EventId } from '@harborage/core'
import type { SqlWork, WorkTraits } from '@harborage/core/sql'
import type { HeldMemory, MemoryChange, MemoryHeader } from '@harborage/memory'
import { changeWork } from '@harborage/memory/sql'
import type { CheckedRecord, Condition, SaveOutcome } from '@harborage/state'
import { saveWork } from '@harborage/state/sql'
import type { ThreeStores } from './three-stores.ts'

export const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
export const run = { ...session, runId: 'r1' }

/** Works of three stores in one transaction, as an author composes them. */
export const STEP: WorkTraits = {
  name: 'agent_step',
  repeat: 'recognized',
  subject: 'what the step writes',
  conflictsOnUnique: true,
}

/** The writes of a step of an agent: a tool output, a checkpoint and a turn. */
export interface AgentStep {
  readonly artifact: NewArtifact
  readonly record: CheckedRecord
  readonly condition: Condition
  readonly turnId: EventId
}

/** The result of each part of a step. */
export interface StepAnswer {
  readonly ref: ArtifactRef
  readonly outcome: SaveOutcome
  /** How many turns the conversation then has. */
  readonly turns: number
}

/** Returns a step whose output is a text. */
export function newStep(text: string, change: Partial<AgentStep> = {}): AgentStep {
  return {
    artifact: textArtifact(text),
    record: newRecord('checkpoint'),
    condition: undefined,
    turnId: parseEventId(newEventId()),
    ...change,
  }
}

/** Returns a record of the run with an event id of its own. */
export function newRecord(kind: string, eventId: string = newEventId()): CheckedRecord {
  const bytes = new TextEncoder().encode(kind)
  const dates = { updatedAt: new Date('2026-01-02T03:04:05Z'), expiresAt: undefined }
  return { eventId: parseEventId(eventId), identity: run, kind, bytes, version: 1, ...dates }
}

/** Returns an artifact as the store hands it to its driver. */
export function textArtifact(text: string, createdAt: Date = new Date()): NewArtifact {
  const bytes = new TextEncoder().encode(text)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const fullId = `output_${sha256}`
  return {
    ref: {
      scope: { ...session, taskId: '' },
      namespace: 'output',
      mimeType: 'text/plain',
      sizeBytes: bytes.length,
      filename: 'output.txt',
      sha256,
      source: {},
      createdAt,
      expiresAt: undefined,
    },
    shortId: fullId.slice(0, 'output_'.length + 16),
    fullId,
    sourceText: '{}',
    bytes,
  }
}

/** The work of a step: it locks artifacts, slots and conversations in this order. */
export function* stepWork(
  stores: ThreeStores,
  { artifact, record, condition, turnId }: AgentStep,
  mayBeApplied: boolean,
): SqlWork<StepAnswer> {
  const { statements } = stores
  const ref = yield* putWork(statements.artifacts, artifact)
  const outcome = yield* saveWork(statements.state, record, condition, mayBeApplied)
  const turns = yield* turnWork(stores, turnId, mayBeApplied)
  return { ref, outcome, turns }
}

/** Adds a turn and returns how many the conversation then has. */
export function turnWork(
  { statements }: ThreeStores,
  turnId: EventId,
  mayBeApplied: boolean,
): SqlWork<number> {
  return changeWork(statements.memory, run, {}, (held) => addedTurn(held, turnId), mayBeApplied)
}

/** Adds a turn unless the conversation remembers it. */
function addedTurn({ header = EMPTY }: HeldMemory, turnId: EventId): MemoryChange<number> {
  if (header.turnIds.includes(turnId)) return { result: header.turns }
  const { nextPosition: position } = header
  const text = JSON.stringify({
    turnId,
    userMessage: 'Is my flight on time?',
    assistantResponse: 'It leaves at 9:40.',
    timestamp: 0,
  })
  return {
    result: header.turns + 1,
    header: {
      ...header,
      nextPosition: position + 1,
      turns: header.turns + 1,
      tokens: header.tokens + 1,
      turnIds: [turnId, ...header.turnIds],
    },
    append: [{ position, tokens: 1, text }],
    remember: [{ turnId, position, at: Date.now(), lineage: header.lineage }],
  }
}

const EMPTY: MemoryHeader = {
  strategy: 'truncation',
  nextPosition: 100,
  turns: 0,
  tokens: 0,
  turnIds: [],
  health: 'healthy',
  failures: 0,
  foldClaimId: undefined,
  lastAppliedId: undefined,
  lineage: 1,
}

/** Resolves to what the database holds of the session. */
export async function heldBy({ state, artifacts, memory }: ThreeStores): Promise<{
  readonly kinds: readonly string[]
  readonly artifacts: readonly string[]
  readonly turns: number
}> {
  const kinds: string[] = []
  for await (const { kind } of state.list(run, 'checkpoint')) kinds.push(kind)
  const ids: string[] = []
  for await (const { id } of artifacts.list(session)) ids.push(id)
  const { recentTurns } = await memory.getLlmContext(run)
  return { kinds, artifacts: ids, turns: recentTurns.length }
}

export const NOTHING = { kinds: [], artifacts: [], turns: 0 }
