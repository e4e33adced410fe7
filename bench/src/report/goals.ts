import { diskLabel, DOCUMENTS } from '../cases/graph-documents.ts'
import { BARE, HARBORAGE, type EngineName } from '../measure/benchmark.ts'
import type { Spread } from '../measure/statistics.ts'
import { costOf, costRelativeTo, raceOf, speedOver, type Results } from './results.ts'

/** The results that goals are about. */
type Measurements = Pick<Results, 'races' | 'surveys'>

/** A goal of the project. */
export interface Goal {
  /** The heading in notes.md under which its limits are explained. */
  readonly id: string
  readonly title: string
  readonly atLeast: string
  readonly aim: string
  readonly limits: { readonly atLeast: number; readonly aim: number }
  /** Whether more or less is better. */
  readonly better: 'more' | 'less'
  measure(results: Measurements): Spread | undefined
}

export interface GoalResult extends Goal {
  readonly spread: Spread | undefined
}

/** Returns which of its limits a goal reached, by its median. */
export function reached({
  spread,
  limits,
  better,
}: GoalResult): 'aim' | 'at least' | 'missed' | 'unknown' {
  if (spread === undefined) return 'unknown'
  const reaches = (limit: number): boolean =>
    better === 'more' ? spread.median >= limit : spread.median <= limit
  if (reaches(limits.aim)) return 'aim'
  return reaches(limits.atLeast) ? 'at least' : 'missed'
}

export function measureGoals(results: Measurements): readonly GoalResult[] {
  return goals.map((goal) => ({ ...goal, spread: goal.measure(results) }))
}

const [without, withDocument] = DOCUMENTS

/** The goals of the checkpointer for LangGraph. */
const graphGoals: readonly Goal[] = [
  overSaver('graph-run-1-sqlite', 'graph run', 1.1),
  overSaver('graph-run-32-sqlite', 'graph runs, 32 at once', 4),
  overSaver('graph-state-sqlite', 'getState', 1),
  overSaver('graph-history-sqlite', 'getStateHistory of 10', 1),
  overSaver('graph-run-1-postgres', 'graph run', 1.1),
  overSaver('graph-run-32-postgres', 'graph runs, 32 at once', 2),
  overSaver('graph-state-postgres', 'getState', 3),
  overSaver('graph-history-postgres', 'getStateHistory of 10', 3),
  diskOfSaver('sqlite', without, 1),
  diskOfSaver('sqlite', withDocument, 0.5),
  diskOfSaver('postgres', without, 1.2),
  diskOfSaver('postgres', withDocument, 1.2),
]

const goals: readonly Goal[] = [
  overBare('load-1-sqlite', 'SQLite load', 0.75, 0.8),
  overBare('save-1-sqlite', 'SQLite save, one caller, FULL', 0.85, 0.95),
  overBare('save-32-sqlite', 'SQLite save, 32 callers, FULL, to one by one', 6, 9),
  overBare('load-1-postgres', 'Postgres load, one caller', 0.85, 0.95),
  overBare('load-32-postgres', 'Postgres load, 32 callers', 0.9, 1.5),
  overBare('save-1-postgres', 'Postgres save, one caller', 0.75, 0.85),
  overBare('save-32-postgres', 'Postgres save, 32 callers', 0.9, 2.5),
  overBare('put-1mib-sqlite', 'SQLite artifact put, 1 MiB, both hash', 0.7, 0.9),
  overBare('get-1mib-sqlite', 'SQLite artifact get, 1 MiB, compared by us only', 0.7, 0.9),
  overBare('put-1mib-postgres', 'Postgres artifact put, 1 MiB, both hash', 0.7, 0.9),
  overBare('get-1mib-postgres', 'Postgres artifact get, 1 MiB, compared by us only', 0.7, 0.9),
  overPeer('get-1mib-sqlite', 'unstorage', 'SQLite artifact get, 1 MiB, to unstorage', 0.85, 1),
  overPeer('get-1mib-sqlite', 'Kysely by hand', 'SQLite artifact get, 1 MiB, to Kysely', 0.85, 1),
  overSaver('replay-1-sqlite', 'replay of recorded runs', 1.5, 1.8),
  overSaver('replay-32-sqlite', 'replay of recorded runs, 32 at once', 6, 9),
  overSaver('replay-1-postgres', 'replay of recorded runs', 1.7, 2.2),
  overSaver('replay-32-postgres', 'replay of recorded runs, 32 at once', 3.5, 4.5),
  overBare('step-4-sqlite', 'SQLite step of four parts, to one transaction', 0.75, 0.9),
  overBare('step-4-postgres', 'Postgres step of four parts, to one transaction', 0.7, 0.85),
  overBare('add-turn-10-sqlite', 'SQLite addTurn, to an insert', 0.65, 0.75),
  overBare('add-turn-10-postgres', 'Postgres addTurn, to an insert', 0.6, 0.7),
  overPeer('list-10000-sqlite', 'Kysely by hand', 'SQLite list of 10,000, to Kysely', 0.95, 1.2),
  overPeer('list-10000-postgres', 'Kysely by hand', 'Postgres list of 10,000, to Kysely', 0.9, 1.1),
  overPeer('open-sqlite', BARE, 'SQLite open, load one, close', 0.45, 0.8),
  overPeer('open-postgres', BARE, 'Postgres open, load one, close', 0.7, 0.9),
  overBare('append-1-1-sqlite', 'SQLite append, one caller, FULL', 0.8, 0.95),
  overBare('append-32-32-sqlite', 'SQLite append, 32 callers on 32 streams, FULL', 4, 8),
  overBare('append-32-1-sqlite', 'SQLite append, 32 callers on one stream, FULL', 4, 8),
  overBare('append-1-1-postgres', 'Postgres append, one caller', 0.75, 0.85),
  overBare('append-32-32-postgres', 'Postgres append, 32 callers on 32 streams', 2, 3),
  overBare('append-32-1-postgres', 'Postgres append, 32 callers on one stream', 6, 10),
  turnCost('add-turn-growth-sqlite', 'SQLite addTurn at 10,000 kept turns, to its cost at 10'),
  turnCost('add-turn-growth-postgres', 'Postgres addTurn at 10,000 kept turns, to its cost at 10'),
  ...(['sqlite', 'postgres'] as const).flatMap((engine) => [
    cost(`waiting-saves-${engine}`, 'save', '10,000 waiting calls', '2,000 waiting calls'),
    cost(`waiting-saves-${engine}`, 'save', '30,000 waiting calls', '2,000 waiting calls'),
    cost(`shared-signal-${engine}`, 'load', 'one signal for all', 'without a signal'),
    cost(`conflicting-saver-${engine}`, 'save', 'beside a conflicting one', 'undisturbed'),
    cost(`compact-many-${engine}`, 'compact', '10,000 conversations', '1,000 conversations'),
  ]),
  gainOfMany('sqlite', '10 awaited loads', 1.25),
  gainOfMany('postgres', '10 awaited loads', 5),
  gainOfMany('postgres', '10 loads at once', 1.1),
  {
    id: 'open-sqlite',
    title: 'SQLite open on a migrated database',
    atLeast: '< 50 ms',
    aim: '< 50 ms',
    limits: { atLeast: 50, aim: 50 },
    better: 'less',
    measure: (results) => {
      const race = raceOf(results, 'open-sqlite')
      const cost = race && costOf(race, HARBORAGE)
      return cost && spreadInMs(cost)
    },
  },
  overPeer(
    'save-32-sqlite',
    'LangGraph SqliteSaver',
    'SQLite save, 32 callers, to LangGraph SqliteSaver',
  ),
  overPeer(
    'save-32-postgres',
    'LangGraph PostgresSaver',
    'Postgres save, 32 callers, to LangGraph PostgresSaver',
  ),
  overPeer('save-32-postgres', 'keyv', 'Postgres save, 32 callers, to keyv'),
  overPeer('load-1-sqlite', 'LangGraph SqliteSaver', 'SQLite load, to LangGraph SqliteSaver'),
  ...graphGoals,
]

function overBare(race: string, title: string, atLeast: number, aim: number): Goal {
  return overOther(race, race, BARE, title, atLeast, aim)
}

function overPeer(race: string, peer: string, title: string, atLeast = 3, aim = atLeast): Goal {
  const id = `${race}-to-${peer.toLowerCase().replaceAll(' ', '-')}`
  return overOther(id, race, peer, title, atLeast, aim)
}

function overOther(
  id: string,
  raceId: string,
  other: string,
  title: string,
  atLeast: number,
  aim: number,
): Goal {
  return {
    id,
    title,
    atLeast: `at least ${atLeast}`,
    aim: String(aim),
    limits: { atLeast, aim },
    better: 'more',
    measure: (results) => {
      const race = raceOf(results, raceId)
      return race && speedOver(race, other)
    },
  }
}

function turnCost(raceId: string, title: string): Goal {
  return {
    id: raceId,
    title,
    atLeast: 'at most 1.3',
    aim: '1.05',
    limits: { atLeast: 1.3, aim: 1.05 },
    better: 'less',
    measure: (results) => {
      const race = raceOf(results, raceId)
      return race && costRelativeTo(race, '10,000 turns', '10 turns')
    },
  }
}

/** Returns the goal that compares the cost of a call in one situation with that in another. */
function cost(raceId: string, call: string, situation: string, reference: string): Goal {
  const engine = raceId.endsWith('postgres') ? 'Postgres' : 'SQLite'
  return {
    id: raceId,
    title: `${engine} ${call}: ${situation}, to ${reference}`,
    atLeast: 'at most 1.3',
    aim: '1.1',
    limits: { atLeast: 1.3, aim: 1.1 },
    better: 'less',
    measure: (results) => {
      const race = raceOf(results, raceId)
      return race && costRelativeTo(race, situation, reference)
    },
  }
}

/** Returns the goal of reading ten slots at once instead of by ten loads. */
function gainOfMany(engine: 'sqlite' | 'postgres', loads: string, atLeast: number): Goal {
  const raceId = `load-many-${engine}`
  return {
    id: raceId,
    title: `${engine === 'postgres' ? 'Postgres' : 'SQLite'} loadMany of 10, to ${loads}`,
    atLeast: `at least ${atLeast}`,
    aim: String(atLeast),
    limits: { atLeast, aim: atLeast },
    better: 'more',
    measure: (results) => {
      const race = raceOf(results, raceId)
      return race && costRelativeTo(race, loads, 'loadMany')
    },
  }
}

/** Returns the goal of Harborage's speed relative to LangGraph's own saver. */
function overSaver(race: string, title: string, atLeast: number, aim = atLeast): Goal {
  const isPostgres = race.endsWith('postgres')
  const saver = isPostgres ? 'LangGraph PostgresSaver' : 'LangGraph SqliteSaver'
  const about = `${isPostgres ? 'Postgres' : 'SQLite'} ${title}, to ${saver}`
  return overOther(race, race, saver, about, atLeast, aim)
}

/** Returns the goal of Harborage's size on the disk relative to that of LangGraph's own saver. */
function diskOfSaver(
  engine: EngineName,
  document: (typeof DOCUMENTS)[number],
  atMost: number,
): Goal {
  const survey = `graph-disk-${engine}`
  return {
    id: `${survey}-${document.characters}`,
    title: `${engine === 'postgres' ? 'Postgres' : 'SQLite'} disk of a graph, ${document.of}`,
    atLeast: `at most ${atMost}`,
    aim: String(atMost),
    limits: { atLeast: atMost, aim: atMost },
    better: 'less',
    measure: ({ surveys }) => {
      const figures = surveys.find(({ id }) => id === survey)?.figures ?? []
      const sizeOf = (ofHarborage: boolean): number =>
        figures.find(({ label }) => label === diskLabel(ofHarborage, document))?.value ?? Number.NaN
      const ratio = sizeOf(true) / sizeOf(false)
      return Number.isNaN(ratio) ? undefined : { low: ratio, median: ratio, high: ratio }
    },
  }
}

function spreadInMs({ low, median, high }: Spread): Spread {
  return { low: low / 1000, median: median / 1000, high: high / 1000 }
}
