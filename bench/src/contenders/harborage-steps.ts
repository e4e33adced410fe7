import { commitTogether, type Database, type RunIdentity } from '@harborage/core'

import type { Build } from './build.ts'
import type { Write } from './slot-store.ts'
import type { StepStore } from './step-store.ts'

/** Opens three stores on a database, whose parts of a step are one commit. */
export async function harborageSteps(build: Build, database: Database): Promise<StepStore> {
  const state = await build.openStateStore({ database })
  const artifacts = await build.openArtifactStore({ database })
  const bus = build.createEventBus()
  const memory = await build.openMemoryStore({ database, strategy: 'truncation', bus })
  return {
    name: build.name,
    note: 'as it is opened by default; commitTogether without a step id',
    write: ({ slots: [first, second], output, turn }) => {
      const { identity } = first.place
      return commitTogether({
        parts: {
          first: state.prepare.save(recordOf(first)),
          second: state.prepare.save(recordOf(second)),
          output: artifacts.prepare.putBytes(scopeOf(identity), output),
          turn: memory.prepare.addTurn(identity, turn),
        },
      })
    },
    kept: async ({ identity, kind }) => {
      let kept = 0
      for await (const _ of artifacts.list(scopeOf(identity))) kept += 1
      const { recentTurns } = await memory.getLlmContext(identity)
      const lastEventId = (await state.load(identity, kind))?.eventId
      return { artifacts: kept, turns: recentTurns.length, lastEventId }
    },
    close: async () => {
      await memory.close()
      await artifacts.close()
      await state.close()
      await database.close()
    },
  }
}

function recordOf({ place: { identity, kind }, eventId, payload }: Write) {
  return { eventId, identity, kind, bytes: payload.bytes }
}

/** Returns the scope of the artifacts of a session. */
function scopeOf({ tenantId, userId, sessionId }: RunIdentity) {
  return { tenantId, userId, sessionId }
}
