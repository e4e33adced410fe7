import type { BenchServer } from './environment/postgres.ts'
import type { Staging, Workplace } from './environment/workplace.ts'
import type { Race, Survey } from './measure/benchmark.ts'
import { interleave, type Measured } from './measure/interleave.ts'
import type { RaceResult, SurveyResult } from './report/results.ts'
import type { Terminal } from './report/terminal.ts'

/** The number of slices in a round. A machine is slow for longer than one of them. */
const SLICES = 4

/** The number of times that a race between builds opens its stores. */
const PARTS_OF_BUILDS = 4

export interface Course {
  readonly workplace: Workplace
  readonly server: BenchServer
  readonly rounds: number
  /** The approximate duration of a slice. */
  readonly sliceMs: number
  readonly staging: Staging
  readonly terminal: Terminal
}

/** Runs one case after the other. A case that fails is reported, and the next one runs. */
export async function runRaces(
  races: readonly Race[],
  course: Course,
): Promise<readonly RaceResult[]> {
  const results: RaceResult[] = []
  for (const race of races) {
    course.staging.signal.throwIfAborted()
    const result = await runRace(race, course)
    results.push(result)
    course.terminal.raceIsOver(result)
  }
  return results
}

export async function runSurveys(
  surveys: readonly Survey[],
  course: Course,
): Promise<readonly SurveyResult[]> {
  const results: SurveyResult[] = []
  for (const survey of surveys) {
    course.staging.signal.throwIfAborted()
    course.terminal.caseBegins(survey.title)
    const { workplace, server, staging } = course
    const { id, title } = survey
    const result = await guarded(
      course,
      () =>
        workplace.stage(staging, server, async (scene): Promise<SurveyResult> => ({
          id,
          title,
          figures: await survey.measure(scene),
        })),
      (failure) => ({ id, title, figures: [], failure }),
    )
    results.push(result)
    course.terminal.surveyIsOver(result)
  }
  return results
}

async function runRace(race: Race, course: Course): Promise<RaceResult> {
  const { id, title, engine, unit, compares } = race
  const { terminal, staging } = course
  const facts = { id, title, engine, unit, compares }
  const share = staging.withOthers ? (race.share ?? 1) : shareOfBuilds(race)
  const rounds = Math.max(2, Math.round(course.rounds * share))
  terminal.caseBegins(`${title}, ${engine}`)
  return guarded(
    course,
    async (): Promise<RaceResult> => {
      let contenders: readonly Measured[] = []
      for (const part of partsOf(rounds, staging)) {
        const before = contenders[0]?.rounds.length ?? 0
        const measured = await stageRace(race, course, part, (round) =>
          terminal.roundIsOver(before + round, rounds),
        )
        contenders = joined(contenders, measured)
      }
      return { ...facts, contenders }
    },
    (failure) => ({ ...facts, contenders: [], failure }),
  )
}

/**
 * Returns the share of the rounds in which builds race. They differ by only a few percent, so heavy
 * work gets all rounds as well. But a race of fixed work has rounds as long as three others.
 */
function shareOfBuilds({ operations }: Race): number {
  return operations === undefined ? 1 : 1 / 3
}

interface Part {
  readonly rounds: number
  /** The builds in the order in which they are opened. */
  readonly builds: Staging['builds']
}

/**
 * Returns the parts of a race. Each part opens its stores anew: a store that lies better on the
 * disk, or was compiled first, stays ahead for as long as it is open.
 */
function partsOf(rounds: number, { builds, withOthers }: Staging): readonly Part[] {
  const parts = withOthers ? 1 : Math.min(rounds, PARTS_OF_BUILDS)
  return Array.from({ length: parts }, (_, index) => ({
    rounds: Math.floor((rounds + index) / parts),
    builds: index % 2 === 0 ? builds : builds.toReversed(),
  }))
}

function stageRace(
  race: Race,
  { workplace, server, staging, sliceMs }: Course,
  { rounds, builds }: Part,
  onRound: (round: number) => void,
): Promise<readonly Measured[]> {
  const slices = race.operations === undefined ? SLICES : 1
  return workplace.stage({ ...staging, builds }, server, async (scene) =>
    interleave(await race.setUp(scene), {
      rounds,
      slices,
      sliceMs,
      signal: staging.signal,
      ...(race.operations === undefined ? {} : { operations: race.operations }),
      onRound,
    }),
  )
}

/** Appends the rounds of a further part. */
function joined(before: readonly Measured[], further: readonly Measured[]): readonly Measured[] {
  if (before.length === 0) return further
  return before.map((measured) => {
    const more = further.find(({ name }) => name === measured.name)
    const failure = measured.failure ?? more?.failure
    return {
      ...measured,
      rounds: [...measured.rounds, ...(more?.rounds ?? [])],
      ...(failure === undefined ? {} : { failure }),
    }
  })
}

/** Runs the work and turns its failure into a result. An interruption ends the run instead. */
async function guarded<Result>(
  { staging }: Course,
  work: () => Promise<Result>,
  onFailure: (failure: string) => Result,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (staging.signal.aborted) throw error
    return onFailure(error instanceof Error ? error.message : String(error))
  }
}
