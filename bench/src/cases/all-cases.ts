import type { EngineName, Race, Survey } from '../measure/benchmark.ts'
import { addTurn, addTurnGrowth } from './add-turn.ts'
import { append } from './append.ts'
import { commit } from './commit.ts'
import { conflictingSaver } from './conflicting-saver.ts'
import { eventLoop, eventLoopOnSlowDisk } from './event-loop.ts'
import { compactMany } from './compact-many.ts'
import { getBytes } from './get-bytes.ts'
import { getLlmContext } from './get-llm-context.ts'
import { graphDisk } from './graph-disk.ts'
import { graphHistory, graphState } from './graph-reads.ts'
import { graphRuns } from './graph-runs.ts'
import { growth, type GrowingWork } from './growth.ts'
import type { GrownStores, Size } from './grown-stores.ts'
import { list } from './list.ts'
import { listingMemory } from './listing-memory.ts'
import { load } from './load.ts'
import { loadByEventId } from './load-by-event-id.ts'
import { loadMany } from './load-many.ts'
import { openStore } from './open-store.ts'
import { putBytes } from './put-bytes.ts'
import type { RecordedRuns } from './recorded-runs.ts'
import { replay } from './replay.ts'
import { save } from './save.ts'
import { sharedSignal } from './shared-signal.ts'
import { step } from './step.ts'
import { waitingSaves } from './waiting-saves.ts'

const ENGINES: readonly EngineName[] = ['sqlite', 'postgres']
const ARTIFACT_BYTES = [1024, 32 * 1024, 1024 * 1024]
const KEPT_TURNS = [10, 1000, 10_000]
const WAITING_CALLS = [2000, 10_000, 30_000]
const COMPACTED = [1000, 10_000]
const WORKS: readonly GrowingWork[] = ['save', 'load']
const MILLION: Size = { records: 1_000_000, tenants: 100 }
const BY_RECORDS: readonly Size[] = [
  { records: 1000, tenants: 100 },
  { records: 100_000, tenants: 100 },
  MILLION,
]
const BY_TENANTS: readonly Size[] = [
  { records: 100_000, tenants: 1 },
  { records: 100_000, tenants: 100 },
  { records: 100_000, tenants: 10_000 },
]

/** Returns every race, in the order of the report. */
export function allRaces(recorded: RecordedRuns, grown: GrownStores): readonly Race[] {
  return ENGINES.flatMap((engine) => [
    ...comparingRaces(engine, recorded),
    addTurnGrowth(engine, KEPT_TURNS),
    step(engine),
    append(engine, 1, 1),
    append(engine, 32, 32),
    append(engine, 32, 1),
    ...WORKS.flatMap((work) => [
      growth(engine, work, 'records', BY_RECORDS, grown),
      growth(engine, work, 'tenants', BY_TENANTS, grown),
    ]),
    waitingSaves(engine, WAITING_CALLS),
    sharedSignal(engine),
    loadMany(engine),
    graphRuns(engine, 1),
    graphRuns(engine, 32),
    graphState(engine),
    graphHistory(engine),
    conflictingSaver(engine),
    compactMany(engine, COMPACTED),
  ])
}

/** Returns the races that compare two builds. Races over large stores use the largest size. */
export function racesOfBuilds(recorded: RecordedRuns, grown: GrownStores): readonly Race[] {
  return ENGINES.flatMap((engine) => [
    ...comparingRaces(engine, recorded),
    ...WORKS.map((work) => growth(engine, work, 'records', [MILLION], grown)),
  ])
}

function comparingRaces(engine: EngineName, recorded: RecordedRuns): readonly Race[] {
  return [
    load(engine, 1),
    load(engine, 32),
    save(engine, 1),
    save(engine, 32),
    loadByEventId(engine),
    commit(engine),
    list(engine),
    ...ARTIFACT_BYTES.flatMap((bytes) => [putBytes(engine, bytes), getBytes(engine, bytes)]),
    ...KEPT_TURNS.flatMap((kept) => [addTurn(engine, kept), getLlmContext(engine, kept)]),
    openStore(engine),
    replay(engine, recorded, 1),
    replay(engine, recorded, 32),
  ]
}

export function allSurveys(grown: GrownStores): readonly Survey[] {
  return [
    eventLoop(),
    eventLoopOnSlowDisk(),
    ...ENGINES.map(graphDisk),
    ...ENGINES.map((engine) => listingMemory(engine, MILLION, grown)),
  ]
}
