import type { MemoryStore } from '@harborage/memory'

import { currentBuild } from '../contenders/build.ts'
import { newDsn } from '../environment/scene.ts'
import type { Contender, EngineName, Race } from '../measure/benchmark.ts'
import { callersAtOnce } from '../measure/callers.ts'
import { conversation, TURN } from './conversations.ts'

/** The turns of a conversation before each compaction: enough that some are folded. */
const TURNS = 2
const RECENT_TURNS = 1

/** Returns the race of concurrent compactions, whose cost should not grow with their number. */
export function compactMany(engine: EngineName, sizes: readonly number[]): Race {
  return {
    id: `compact-many-${engine}`,
    title: 'compactions by number of conversations',
    engine,
    unit: 'compact',
    compares: 'sizes',
    share: 0.4,
    long: true,
    setUp: async (scene) => {
      const contenders: Contender[] = []
      for (const count of sizes) {
        const gate = new Gate()
        const memory = await currentBuild.openMemoryStore({
          dsn: await newDsn(engine, scene),
          strategy: 'rolling_summary',
          recentTurns: RECENT_TURNS,
          bus: currentBuild.createEventBus(),
          summarizer: {
            summarize: async () => {
              await gate.passed
              return { summary: 'Ann asked about flight HAT136.' }
            },
          },
        })
        scene.onEnd(() => {
          gate.open()
          return memory.close()
        })
        contenders.push(compacting(memory, gate, count))
      }
      return contenders
    },
  }
}

function compacting(memory: MemoryStore, gate: Gate, count: number): Contender {
  return {
    name: `${count.toLocaleString('en')} conversations`,
    leastOperations: count,
    mostOperations: count,
    // The summarizer answers only while the slice runs, so that the slice contains all folds.
    prepare: async () => {
      gate.close()
      await callersAtOnce(64, count * TURNS, (index) =>
        memory.addTurn(conversation(index % count), TURN),
      )
    },
    run: async () => {
      gate.open()
      await Promise.all(
        Array.from({ length: count }, (_, index) => memory.compact(conversation(index))),
      )
    },
    verify: async () => {
      for (let index = 0; index < count; index += 1) {
        const { summary, recentTurns } = await memory.getLlmContext(conversation(index))
        if (summary === '' || recentTurns.length > TURNS) throw new Error('a turn was not folded')
      }
    },
  }
}

/** A gate that callers wait for while it is closed. */
class Gate {
  passed: Promise<void> = Promise.resolve()
  open: () => void = () => {}

  close(): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.passed = promise
    this.open = resolve
  }
}
