/** `pnpm bench`: measures, and writes the report. */
import { readFile } from 'node:fs/promises'

import { allRaces, allSurveys, racesOfBuilds } from './cases/all-cases.ts'
import { GrownStores } from './cases/grown-stores.ts'
import { readRuns } from './cases/recorded-runs.ts'
import { HELP, readOptions, type Options } from './command-line.ts'
import { currentBuild, loadBuild, type Build } from './contenders/build.ts'
import { lookAtMachine } from './environment/machine.ts'
import { checkOutRevision } from './environment/other-revision.ts'
import { openServer } from './environment/postgres.ts'
import { openWorkplace } from './environment/workplace.ts'
import { BARE } from './measure/benchmark.ts'
import { compareBuilds } from './report/compare-builds.ts'
import { compareResults } from './report/compare.ts'
import { measureGoals } from './report/goals.ts'
import { failuresOf, type Results } from './report/results.ts'
import { Terminal } from './report/terminal.ts'
import { writeReport } from './report/write-report.ts'
import { runRaces, runSurveys } from './run-cases.ts'
import { UsageError } from './usage-error.ts'

const SLICE_MS = 40
const QUICK_SLICE_MS = 10
/**
 * Two builds differ by a few percent only: the median of many short rounds is steadier than that of
 * few long ones.
 */
const SLICE_OF_BUILDS_MS = 20
const REPLAYED_RUNS = 60
const QUICK_REPLAYED_RUNS = 10

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interruption.signal.aborted) process.exit(130)
    interruption.abort(new Error('interrupted'))
    process.stderr.write('\nStopping; once more to stop at once.\n')
  })
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options === undefined) process.stdout.write(`${HELP}\n`)
  else await bench(options)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}

async function bench(asked: Options): Promise<void> {
  const earlier = asked.compare === undefined ? undefined : await readResults(asked.compare)
  const { signal } = interruption
  try {
    if (asked.against !== undefined) return await benchAgainst(asked, asked.against)
    const { results, terminal } = await measure(asked)
    terminal.goals(measureGoals(results))
    if (earlier !== undefined) terminal.say(`\n${compareResults(earlier, results)}`)
    if (asked.write) terminal.say(`\nWritten: ${(await writeReport(results)).join(', ')}`)
    sayFailures(results, terminal)
  } catch (error) {
    if (!signal.aborted) throw error
    process.exitCode = 130
  }
}

/** Races this build against that of another revision, and fails if this one is slower. */
async function benchAgainst(asked: Options, revision: string): Promise<void> {
  process.stdout.write(`Installing the packages of ${revision} ...\n`)
  await using other = await checkOutRevision(revision, interruption.signal)
  const build = await loadBuild(`Harborage of ${other.commit}`, other.folder)
  const { results, terminal } = await measure(asked, build)
  const { table, slower } = compareBuilds(results, build.name)
  terminal.say(`\n${table}`)
  if (slower.length > 0) process.exitCode = 1
  sayFailures(results, terminal)
}

function sayFailures(results: Results, terminal: Terminal): void {
  const failures = failuresOf(results)
  if (failures.length === 0) return
  terminal.say(`\nFailed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`)
  process.exitCode = 1
}

/** @param other Another build to compare with, instead of the bare clients and the other stores. */
async function measure(
  asked: Options,
  other?: Build,
): Promise<{ results: Results; terminal: Terminal }> {
  const { quick, rounds } = asked
  const { signal } = interruption
  const sliceMs = quick ? QUICK_SLICE_MS : other === undefined ? SLICE_MS : SLICE_OF_BUILDS_MS
  const recorded = await readRuns(quick ? QUICK_REPLAYED_RUNS : REPLAYED_RUNS)
  await using workplace = await openWorkplace()
  const server = await openServer()
  try {
    const machine = await lookAtMachine({
      postgres: server.version,
      postgresSettings: server.settings,
    })
    const builds = other === undefined ? [currentBuild] : [currentBuild, other]
    const staging = { quick, signal, builds, withOthers: other === undefined }
    return await workplace.stage(staging, server, async (scene) => {
      const grown = new GrownStores(scene)
      const chosen = <Case extends { id: string; long?: boolean }>(cases: readonly Case[]) =>
        cases.filter(({ id, long }) => isChosen(asked, id, long ?? false))
      const racesOf = other === undefined ? allRaces : racesOfBuilds
      const races = chosen(racesOf(recorded, grown))
      const surveys = other === undefined ? chosen(allSurveys(grown)) : []
      if (races.length + surveys.length === 0) throw new UsageError('no case has that in its name')
      const cases = races.length + surveys.length
      const terminal = new Terminal(process.stdout, cases, other?.name ?? BARE)
      const course = { workplace, server, rounds, sliceMs, staging, terminal }
      try {
        terminal.heading()
        const results: Results = {
          format: 1,
          date: new Date().toISOString().slice(0, 10),
          machine,
          settings: { rounds, sliceMs, quick },
          replayed: recorded.source,
          races: await runRaces(races, course),
          surveys: await runSurveys(surveys, course),
        }
        return { results, terminal }
      } finally {
        terminal.close()
      }
    })
  } finally {
    await server.stop()
  }
}

function isChosen({ quick, only }: Options, id: string, long: boolean): boolean {
  if (only.length > 0) return only.some((part) => id.includes(part))
  return !(quick && long)
}

async function readResults(path: string): Promise<Results> {
  try {
    const results = JSON.parse(await readFile(path, 'utf8')) as Results
    if (results.format === 1) return results
  } catch (cause) {
    throw new UsageError(`${path} cannot be read as a file of this benchmark`, { cause })
  }
  throw new UsageError(`${path} is not a file of this benchmark`)
}
