import { currentBuild } from '../contenders/build.ts'
import type { Said, TurnLog } from '../contenders/turn-log.ts'
import type { Contender, EngineName, Race } from '../measure/benchmark.ts'
import { oneCaller } from '../measure/callers.ts'
import { CONVERSATIONS, conversation, TURN, turns } from './conversations.ts'
import { openHarborageTurns, openTurnLogs } from './turn-logs.ts'

/** Few turns, so that a conversation of 10 turns does not have 100 at the end of a slice. */
const MAX_ADDED_TURNS = 10
/** Above this number of turns, a conversation hardly grows by the turns that a run adds. */
const LONG = 1000
const SHORT = 10

/** Returns the race of `addTurn` against the plain insert of a turn. */
export function addTurn(engine: EngineName, kept: number): Race {
  return {
    id: `add-turn-${kept}-${engine}`,
    title: `addTurn at ${kept.toLocaleString('en')} turns`,
    engine,
    unit: 'turn',
    compares: 'contenders',
    setUp: async (scene) => {
      const contenders: Contender[] = []
      for (const log of await openTurnLogs(engine, scene)) contenders.push(await adding(log, kept))
      return contenders
    },
  }
}

/** Returns the race of `addTurn` at several sizes, whose cost should not grow. */
export function addTurnGrowth(engine: EngineName, sizes: readonly number[]): Race {
  return {
    id: `add-turn-growth-${engine}`,
    title: 'addTurn by kept turns',
    engine,
    unit: 'turn',
    compares: 'sizes',
    setUp: async (scene) => {
      const contenders: Contender[] = []
      for (const kept of sizes) {
        const contender = await adding(await openHarborageTurns(currentBuild, engine, scene), kept)
        contenders.push({ ...contender, name: `${kept.toLocaleString('en')} turns` })
      }
      return contenders
    },
  }
}

async function adding(log: TurnLog, kept: number): Promise<Contender> {
  const replaceFrom = async (first: number, before: readonly Said[]): Promise<void> => {
    for (let number = first; number < first + CONVERSATIONS; number += 1) {
      await log.replace(conversation(number), before)
    }
  }
  const before = turns(kept)
  const beforeOfOthers = turns(SHORT)
  await replaceFrom(0, before)
  let added = 0
  return {
    ...log,
    mostOperations: CONVERSATIONS * MAX_ADDED_TURNS,
    prepare: async () => {
      // Every size does the same work before its slice, so that all of them are equally warm.
      if (kept >= LONG) return replaceFrom(CONVERSATIONS, beforeOfOthers)
      await replaceFrom(0, before)
      added = 0
    },
    run: (operations) =>
      oneCaller(operations, (index) => {
        added += 1
        return log.add(conversation(index % CONVERSATIONS), TURN)
      }),
    verify: async () => {
      let found = 0
      for (let number = 0; number < CONVERSATIONS; number += 1) {
        found += (await log.read(conversation(number))).length
      }
      const expected = CONVERSATIONS * kept + added
      if (found !== expected) throw new Error(`${found} of ${expected} turns are there`)
    },
  }
}
