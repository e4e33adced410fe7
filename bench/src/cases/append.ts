import type { EventId } from '@harborage/core'

import { barePostgresLog, bareSqliteLog } from '../contenders/bare-logs.ts'
import type { EventLog } from '../contenders/event-log.ts'
import { harborageLog } from '../contenders/harborage-log.ts'
import { newDsn, type Scene } from '../environment/scene.ts'
import type { EngineName, Race } from '../measure/benchmark.ts'
import { callersAtOnce, enoughFor } from '../measure/callers.ts'
import { at, newEventIds, newPayload } from './workload.ts'

/**
 * Returns the race of appends of 1 KiB.
 *
 * @param logs The number of streams that the callers append to.
 */
export function append(engine: EngineName, callers: number, logs: number): Race {
  const place = logs === 1 ? 'one stream' : `${logs} streams`
  return {
    id: `append-${callers}-${logs}-${engine}`,
    title: callers === 1 ? 'append, 1 caller' : `append, ${callers} callers, ${place}`,
    engine,
    unit: 'append',
    compares: 'contenders',
    setUp: async (scene) =>
      (await openLogs(engine, scene)).map((log) => {
        const names = Array.from({ length: logs }, (_, index) => `log-${index}`)
        const { bytes } = newPayload()
        let entryIds: readonly EventId[] = []
        let appended = 0
        return {
          ...log,
          leastOperations: enoughFor(callers),
          prepare: async (operations) => {
            entryIds = newEventIds(operations)
            appended += operations
          },
          // The client of SQLite is synchronous: many callers are the same as one.
          run: (operations) =>
            callersAtOnce(callers, operations, (index) =>
              log.append(at(names, index), at(entryIds, index), bytes),
            ),
          verify: async () => {
            let found = 0
            for (const name of names) found += await log.count(name)
            if (found < entryIds.length || found > appended) {
              throw new Error(`${found} of ${appended} entries are there`)
            }
          },
        }
      }),
  }
}

async function openLogs(engine: EngineName, scene: Scene): Promise<readonly EventLog[]> {
  const logs = [await harborageLog(await newDsn(engine, scene))]
  if (scene.withOthers) {
    logs.push(
      engine === 'sqlite'
        ? bareSqliteLog(await scene.newFile())
        : await barePostgresLog(await scene.newDatabase()),
    )
  }
  for (const log of logs) scene.onEnd(() => log.close())
  return logs
}
