import type { ArtifactStore } from '@harborage/artifacts'
import { type Identity, newEventId } from '@harborage/core'
import type { ConversationTurn, MemoryStore } from '@harborage/memory'
import type { StateStore } from '@harborage/state'

import type { Build } from './build.ts'

/** The stores that steps are written to, on one database. */
export interface Stores {
  readonly state: StateStore
  readonly artifacts: ArtifactStore
  readonly memory: MemoryStore
}

/** What one step of an agent leaves behind. */
export interface AgentStep {
  /** The checkpoint after the step, and its number. */
  readonly checkpoint: { readonly bytes: Uint8Array; readonly version: number }
  /** The output of a tool. */
  readonly output: string | undefined
  /** The turn that ended with the step before. */
  readonly turn?: ConversationTurn
}

/** The kind of the slot of the checkpoint. */
export const CHECKPOINT = 'task.checkpoint'

/** Writes a step, and resolves to the id of the output as an artifact. */
export type WriteStep = (identity: Identity, step: AgentStep) => Promise<string | undefined>

/** Returns what writes steps: in one commit each, or by single calls if the build has no steps. */
export function stepWriter({ commitTogether }: Build, stores: Stores): WriteStep {
  const { state, artifacts, memory } = stores
  if (commitTogether === undefined) return (identity, step) => writeApart(stores, identity, step)
  return async (identity, { checkpoint, output, turn }) => {
    const { kept } = await commitTogether({
      parts: {
        saved: state.prepare.save(recordOf(identity, checkpoint)),
        ...(output !== undefined && { kept: artifacts.prepare.putText(identity, output) }),
        ...(turn !== undefined && { turn: memory.prepare.addTurn(identity, turn) }),
      },
    })
    return kept?.id
  }
}

async function writeApart(
  { state, artifacts, memory }: Stores,
  identity: Identity,
  { checkpoint, output, turn }: AgentStep,
): Promise<string | undefined> {
  if (turn !== undefined) await memory.addTurn(identity, turn)
  const kept = output === undefined ? undefined : await artifacts.putText(identity, output)
  await state.save(recordOf(identity, checkpoint))
  return kept?.id
}

function recordOf(identity: Identity, checkpoint: AgentStep['checkpoint']) {
  return { eventId: newEventId(), identity, kind: CHECKPOINT, ...checkpoint }
}
