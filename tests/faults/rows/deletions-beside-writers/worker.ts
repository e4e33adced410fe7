/** One process of several that save, put, commit, append and delete in the same sessions. */
import { openArtifactStore } from '@harborage/artifacts'
import { ArtifactCaller, type ArtifactCall } from '@harborage/conformance/artifacts'
import { countRetries, type RecordedCall } from '@harborage/conformance/histories'
import { JournalCaller, type JournalCall } from '@harborage/conformance/journal'
import { StateCaller, type StateCall } from '@harborage/conformance/state'
import type { Database } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import { openJournalStore } from '@harborage/journal'
import { openStateStore } from '@harborage/state'

import { serve, workerConfig } from '../../harness/serve.ts'
import { hangLimit } from '../../harness/this-build.ts'

export interface WriterConfig {
  readonly engine: 'postgres' | 'sqlite'
  readonly dsn: string
  readonly replica: number
}

/** The work of the callers of a process in one history. */
export interface Work {
  readonly tenantId: string
  readonly seed: number
  /** How many callers there are on each store. */
  readonly callers: number
  readonly calls: number
}

/** The results of the callers of a process. */
export interface Worked {
  readonly state: readonly RecordedCall<StateCall>[]
  readonly artifacts: readonly RecordedCall<ArtifactCall>[]
  readonly journal: readonly RecordedCall<JournalCall>[]
}

const { engine, dsn, replica } = workerConfig<WriterConfig>()
const database = await open()
const [state, artifacts, journal] = [
  await openStateStore({ database }),
  await openArtifactStore({ database }),
  await openJournalStore({ database }),
]

function open(): Promise<Database> {
  if (engine === 'sqlite') return openSqlite({ dsn, busyTimeoutMs: hangLimit(60_000) })
  return openPostgres({ dsn, max: 4 })
}

// Each retry may follow an attempt that took effect and whose answer was lost.
countRetries()

/** Returns the clock that all processes of a machine share, in nanoseconds. */
function now(): number {
  return Number(process.hrtime.bigint())
}

function optionsOf({ tenantId, seed }: Work, caller: number) {
  // Callers of different processes have different seeds.
  return { tenantId, name: `${replica}.${caller}`, seed: seed * 64 + replica * 8 + caller, now }
}

serve({
  /** Makes generated calls, several at a time. */
  async work(work: Work): Promise<Worked> {
    const numbers = Array.from({ length: work.callers }, (_, number) => number)
    const onState = numbers.map(
      (number) => new StateCaller({ store: state, ...optionsOf(work, number) }),
    )
    const onArtifacts = numbers.map(
      (number) => new ArtifactCaller({ store: artifacts, ...optionsOf(work, number) }),
    )
    const onJournal = numbers.map(
      (number) => new JournalCaller({ store: journal, ...optionsOf(work, number) }),
    )
    const callers = [...onState, ...onArtifacts, ...onJournal]
    await Promise.all(callers.map((caller) => caller.work(work.calls)))
    return {
      state: onState.flatMap(({ history }) => history),
      artifacts: onArtifacts.flatMap(({ history }) => history),
      journal: onJournal.flatMap(({ history }) => history),
    }
  },
  /** Reads all that a history may have left. */
  async readAll(work: Work): Promise<Worked> {
    const onState = new StateCaller({ store: state, ...optionsOf(work, work.callers) })
    const onArtifacts = new ArtifactCaller({ store: artifacts, ...optionsOf(work, work.callers) })
    const onJournal = new JournalCaller({ store: journal, ...optionsOf(work, work.callers) })
    await Promise.all([onState.readAll(), onArtifacts.readAll(), onJournal.readAll()])
    return {
      state: onState.history,
      artifacts: onArtifacts.history,
      journal: onJournal.history,
    }
  },
})
