import assert from 'node:assert/strict'
import { newEventId, type Part, type RunIdentity } from '@harborage/core'
import type { ArtifactRef } from '@harborage/artifacts'
import type { ConversationTurn } from '@harborage/memory'
import type { NewStateRecord, SaveOutcome } from '@harborage/state'
import { textOf } from '../../support/text-bytes.ts'
import { freshIdentity } from '../../support/fresh-identity.ts'
import { newRecord } from '../../state/support/new-record.ts'
import type { StepStores } from '../steps-harness.ts'

/** What a step of four parts writes: two slots, an artifact and a turn. */
export interface FourWrites {
  readonly identity: Required<RunIdentity>
  readonly first: NewStateRecord
  readonly second: NewStateRecord
  readonly output: string
  readonly turn: ConversationTurn
}

/** Returns what a step of four parts writes, for an identity that no other case uses. */
export function fourWrites(
  text: string = 'content',
  identity: Required<RunIdentity> = freshIdentity(),
): FourWrites {
  return {
    identity,
    first: newRecord({ identity, kind: 'step.first' }, text),
    second: newRecord({ identity, kind: 'step.second' }, text),
    output: `output: ${text}`,
    turn: { turnId: newEventId(), userMessage: text, assistantResponse: 'done' },
  }
}

/** The parts of a step of four writes. */
export interface FourParts {
  readonly first: Part<SaveOutcome>
  readonly second: Part<SaveOutcome>
  readonly output: Part<ArtifactRef>
  readonly turn: Part<void>
}

/** Prepares a step of four writes. */
export function prepareFour(stores: StepStores, writes: FourWrites): FourParts {
  const { identity, first, second, output, turn } = writes
  return {
    first: stores.state.prepare.save(first),
    second: stores.state.prepare.save(second),
    output: stores.artifacts.prepare.putText(sessionOf(identity), output),
    turn: stores.memory.prepare.addTurn(identity, turn),
  }
}

/** What is stored of four writes: the texts of the slots, of the artifacts and of the turns. */
export interface StoredWrites {
  readonly slots: readonly (string | undefined)[]
  readonly outputs: readonly (string | undefined)[]
  readonly turns: readonly string[]
}

/** Resolves to what is stored under the identity of four writes. */
export async function storedWrites(
  { state, artifacts, memory }: StepStores,
  { identity, first, second }: FourWrites,
): Promise<StoredWrites> {
  const records = await state.loadMany([first, second])
  const outputs: (string | undefined)[] = []
  const session = sessionOf(identity)
  for await (const { id } of artifacts.list(session)) {
    outputs.push(await artifacts.getText(session, id))
  }
  const { recentTurns } = await memory.getLlmContext(identity)
  return {
    slots: records.map((record) => record && textOf(record.bytes)),
    outputs,
    turns: recentTurns.map(({ userMessage }) => userMessage),
  }
}

/** What is stored if nothing was written. */
export const NOTHING: StoredWrites = { slots: [undefined, undefined], outputs: [], turns: [] }

/** Returns what is stored once four writes were applied. */
export function allOf({ first, output }: FourWrites): StoredWrites {
  const text = textOf(first.bytes)
  return { slots: [text, text], outputs: [output], turns: [text] }
}

/** Checks that exactly this is stored under the identity of four writes. */
export async function assertStored(
  stores: StepStores,
  writes: FourWrites,
  expected: StoredWrites,
): Promise<void> {
  assert.deepEqual(await storedWrites(stores, writes), expected)
}

function sessionOf({ tenantId, userId, sessionId }: RunIdentity) {
  return { tenantId, userId, sessionId }
}
