import type { BenchServer } from './environment/postgres.ts'
import type { Scene } from './environment/scene.ts'
import type { Staging, Workplace } from './environment/workplace.ts'
import type { Race, Survey } from './measure/benchmark.ts'
import { interleave } from './measure/interleave.ts'
import type { RaceResult, SurveyResult } from './report/results.ts'
import type { Terminal } from './report/terminal.ts'

export interface Course {
  readonly workplace: Workplace
  readonly server: BenchServer
  readonly rounds: number
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
    const { id, title } = survey
    const result = await guarded(
      course,
      async (scene): Promise<SurveyResult> => ({
        id,
        title,
        figures: await survey.measure(scene),
      }),
      (failure) => ({ id, title, figures: [], failure }),
    )
    results.push(result)
    course.terminal.surveyIsOver(result)
  }
  return results
}

async function runRace(race: Race, course: Course): Promise<RaceResult> {
  const { id, title, engine, unit, compares } = race
  const { terminal, staging, sliceMs } = course
  const { signal } = staging
  const facts = { id, title, engine, unit, compares }
  // Two builds differ by only a few percent, which fewer rounds would not show.
  const share = staging.withOthers ? (race.share ?? 1) : 1
  const rounds = Math.max(2, Math.round(course.rounds * share))
  terminal.caseBegins(`${title}, ${engine}`)
  return guarded(
    course,
    async (scene): Promise<RaceResult> => {
      const contenders = await interleave(await race.setUp(scene), {
        rounds,
        sliceMs,
        signal,
        ...(race.operations === undefined ? {} : { operations: race.operations }),
        onRound: (round) => terminal.roundIsOver(round, rounds),
      })
      return { ...facts, contenders }
    },
    (failure) => ({ ...facts, contenders: [], failure }),
  )
}

/** Runs the work and turns its failure into a result. An interruption ends the run instead. */
async function guarded<Result>(
  { workplace, server, staging }: Course,
  work: (scene: Scene) => Promise<Result>,
  onFailure: (failure: string) => Result,
): Promise<Result> {
  try {
    return await workplace.stage(staging, server, work)
  } catch (error) {
    if (staging.signal.aborted) throw error
    return onFailure(error instanceof Error ? error.message : String(error))
  }
}
