/** `pnpm bench`: measures, and writes the report. */
import { readFile } from 'node:fs/promises'

import { allRaces, allSurveys } from './cases/all-cases.ts'
import { GrownStores } from './cases/grown-stores.ts'
import { readRuns } from './cases/recorded-runs.ts'
import { HELP, readOptions, type Options } from './command-line.ts'
import { lookAtMachine } from './environment/machine.ts'
import { openServer } from './environment/postgres.ts'
import { openWorkplace } from './environment/workplace.ts'
import { compareResults } from './report/compare.ts'
import { measureGoals } from './report/goals.ts'
import { failuresOf, type Results } from './report/results.ts'
import { Terminal } from './report/terminal.ts'
import { writeReport } from './report/write-report.ts'
import { runRaces, runSurveys } from './run-cases.ts'
import { UsageError } from './usage-error.ts'

const SLICE_MS = 150
const QUICK_SLICE_MS = 40
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
    const { results, terminal } = await measure(asked)
    terminal.goals(measureGoals(results))
    if (earlier !== undefined) terminal.say(`\n${compareResults(earlier, results)}`)
    if (asked.write) terminal.say(`\nWritten: ${(await writeReport(results)).join(', ')}`)
    const failures = failuresOf(results)
    if (failures.length > 0) {
      terminal.say(`\nFailed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`)
      process.exitCode = 1
    }
  } catch (error) {
    if (!signal.aborted) throw error
    process.exitCode = 130
  }
}

async function measure(asked: Options): Promise<{ results: Results; terminal: Terminal }> {
  const { quick, rounds } = asked
  const { signal } = interruption
  const sliceMs = quick ? QUICK_SLICE_MS : SLICE_MS
  const recorded = await readRuns(quick ? QUICK_REPLAYED_RUNS : REPLAYED_RUNS)
  await using workplace = await openWorkplace()
  const server = await openServer()
  try {
    const machine = await lookAtMachine({
      postgres: server.version,
      postgresSettings: server.settings,
    })
    return await workplace.stage({ quick, signal }, server, async (scene) => {
      const grown = new GrownStores(scene)
      const chosen = <Case extends { id: string; long?: boolean }>(cases: readonly Case[]) =>
        cases.filter(({ id, long }) => isChosen(asked, id, long ?? false))
      const races = chosen(allRaces(recorded, grown))
      const surveys = chosen(allSurveys(grown))
      if (races.length + surveys.length === 0) throw new UsageError('no case has that in its name')
      const terminal = new Terminal(process.stdout, races.length + surveys.length)
      const course = { workplace, server, rounds, sliceMs, quick, signal, terminal }
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
