import type { TurnLog } from '../contenders/turn-log.ts'
import type { Contender, EngineName, Race } from '../measure/benchmark.ts'
import { oneCaller } from '../measure/callers.ts'
import { conversation, turns } from './conversations.ts'
import { openTurnLogs } from './turn-logs.ts'

export function getLlmContext(engine: EngineName, kept: number): Race {
  return {
    id: `get-llm-context-${kept}-${engine}`,
    title: `getLlmContext of ${kept.toLocaleString('en')} turns`,
    engine,
    unit: 'read',
    compares: 'contenders',
    setUp: async (scene) => {
      const contenders: Contender[] = []
      for (const log of await openTurnLogs(engine, scene)) contenders.push(await reading(log, kept))
      return contenders
    },
  }
}

async function reading(log: TurnLog, kept: number): Promise<Contender> {
  const identity = conversation(0)
  await log.replace(identity, turns(kept))
  return {
    ...log,
    run: (operations) => oneCaller(operations, () => log.read(identity)),
    verify: async () => {
      const found = await log.read(identity)
      const same = turns(kept).every(
        ({ userMessage }, index) => found[index]?.userMessage === userMessage,
      )
      if (!same || found.length !== kept) throw new Error('not all turns were read')
    },
  }
}
