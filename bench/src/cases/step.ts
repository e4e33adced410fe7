import { randomBytes } from 'node:crypto'

import { newEventId } from '@harborage/core'

import { barePostgresSteps, bareSqliteSteps } from '../contenders/bare-steps.ts'
import { harborageSteps } from '../contenders/harborage-steps.ts'
import type { Place, Write } from '../contenders/slot-store.ts'
import type { AgentStep, StepStore } from '../contenders/step-store.ts'
import { openNewDatabase, type Scene } from '../environment/scene.ts'
import type { Contender, EngineName, Race } from '../measure/benchmark.ts'
import { oneCaller } from '../measure/callers.ts'
import { CONVERSATIONS, conversation, TURN } from './conversations.ts'
import { at, newPayload } from './workload.ts'

const OUTPUT_BYTES = 4096
const MAX_STEPS = 500

/** Returns the race of a step of four parts against one transaction that writes the same rows. */
export function step(engine: EngineName): Race {
  return {
    id: `step-4-${engine}`,
    title: 'step of four parts',
    engine,
    unit: 'step',
    compares: 'contenders',
    setUp: async (scene) => (await openStepStores(engine, scene)).map(writing),
  }
}

async function openStepStores(engine: EngineName, scene: Scene): Promise<readonly StepStore[]> {
  const stores: StepStore[] = []
  for (const build of scene.builds) {
    stores.push(await harborageSteps(build, await openNewDatabase(build, engine, scene)))
  }
  if (scene.withOthers) {
    stores.push(
      engine === 'sqlite'
        ? bareSqliteSteps(await scene.newFile())
        : await barePostgresSteps(await scene.newDatabase()),
    )
  }
  for (const store of stores) scene.onEnd(() => store.close())
  return stores
}

/** The steps go to a few sessions in turns, and overwrite two slots in each. */
function writing(store: StepStore): Contender {
  let steps: readonly AgentStep[] = []
  let written = 0
  return {
    ...store,
    mostOperations: MAX_STEPS,
    prepare: async (operations) => {
      steps = newSteps(operations)
      written += operations
    },
    run: (operations) => oneCaller(operations, (index) => store.write(at(steps, index))),
    verify: async () => {
      const found = { artifacts: 0, turns: 0 }
      for (const [number, slots] of sessions.entries()) {
        const kept = await store.kept(slots[0])
        found.artifacts += kept.artifacts
        found.turns += kept.turns
        const last = steps.findLast((_, index) => index % CONVERSATIONS === number)
        if (last !== undefined && kept.lastEventId !== last.slots[0].eventId) {
          throw new Error('a slot does not hold what the last step saved')
        }
      }
      if (found.artifacts !== written || found.turns !== written) {
        throw new Error(
          `${found.artifacts} artifacts and ${found.turns} turns of ${written} steps are there`,
        )
      }
    },
  }
}

/** The two slots of each session. */
const sessions = Array.from({ length: CONVERSATIONS }, (_, number): readonly [Place, Place] => {
  const identity = conversation(number)
  const slot = (kind: string): Place => ({ identity, kind, key: `${identity.sessionId}:${kind}` })
  return [slot('task.checkpoint'), slot('task.plan')]
})

function newSteps(count: number): readonly AgentStep[] {
  const payload = newPayload()
  const writeTo = (place: Place): Write => ({ place, eventId: newEventId(), payload })
  return Array.from({ length: count }, (_, index) => {
    const [first, second] = at(sessions, index)
    const output = new Uint8Array(randomBytes(OUTPUT_BYTES))
    return { slots: [writeTo(first), writeTo(second)], output, turn: TURN }
  })
}
