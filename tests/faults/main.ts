/**
 * `pnpm test:faults`: makes every fault of the table happen as often as it says, prints what was
 * found, and, if all rows were run in full, writes the table into docs/reliability.md.
 */
import { join } from 'node:path'
import { parseArgs, styleText } from 'node:util'

import { repositoryRoot } from '@harborage/test-kit/repository-root'

import type { FaultRow } from './harness/fault-row.ts'
import { complaints } from './harness/figures.ts'
import { catches, runRow } from './harness/run-row.ts'
import { count, tableOf, writeTable, type RowResult } from './harness/table.ts'
import { missingTools } from './harness/tools.ts'

// Rows read how much they do as they are loaded.
process.env['HARBORAGE_TEST_FULL'] = '1'
const { rows } = await import('./rows.ts')

const PAGE = join(repositoryRoot, 'docs/reliability.md')
const PROGRESS_MS = 10_000

const help = `pnpm test:faults [--row <part of a name>] [--rounds <number>] [--list]

Without arguments: every row in full, some hours on two cores; writes the table into docs/reliability.md.
  --row     only the rows whose name has this text
  --rounds  the number of rounds, instead of the full number
  --list    the names of the rows`

const { values } = parseArgs({
  options: {
    row: { type: 'string', default: '' },
    rounds: { type: 'string' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) print(help)
else if (values.list) for (const { name, full, unit } of rows) print(`${name}: ${full} ${unit}`)
else process.exitCode = await main(rows.filter(({ name }) => name.includes(values.row)))

async function main(chosen: readonly FaultRow[]): Promise<number> {
  const missing = missingTools(chosen.flatMap(({ tools }) => tools))
  if (chosen.length === 0 || missing.length > 0) {
    for (const line of missing) print(`${styleText('red', '✗')} a tool is missing: ${line}`)
    if (chosen.length === 0) print(`no row is named like "${values.row}": see --list`)
    return 1
  }
  const results: RowResult[] = []
  for (const row of chosen) results.push(await runInFull(row))
  print(`\n${tableOf(results)}\n`)
  const isGreen = results.every(isKept)
  if (isGreen && chosen.length === rows.length && values.rounds === undefined) {
    await writeTable(PAGE, tableOf(results))
    print('docs/reliability.md has the new table')
  }
  return isGreen ? 0 : 1
}

async function runInFull(row: FaultRow): Promise<RowResult> {
  const rounds = values.rounds === undefined ? row.full : Number(values.rounds)
  print(`${styleText('bold', row.name)}: ${count(rounds)} ${row.unit}`)
  const started = performance.now()
  let shown = started
  const found = await runRow(row, rounds, (done) => {
    if (performance.now() - shown < PROGRESS_MS) return
    shown = performance.now()
    print(styleText('dim', `  ${count(done)} of ${count(rounds)}`))
  })
  for (const complaint of complaints(found)) print(`  ${styleText('red', '✗')} ${complaint}`)
  const caught: string[] = []
  for (const brokenBuild of row.brokenBuilds) {
    if (await catches(row, brokenBuild)) caught.push(brokenBuild.name)
    else print(`  ${styleText('red', '✗')} a build that ${brokenBuild.name} was not noticed`)
  }
  const result = { row, found, caught, seconds: (performance.now() - started) / 1000 }
  const mark = isKept(result) ? styleText('green', '✓') : styleText('red', '✗')
  print(
    `  ${mark} ${count(found.rounds)} ${row.unit}, ${count(found.acknowledged)} acknowledged, ${caught.length} of ${row.brokenBuilds.length} broken builds caught, ${result.seconds.toFixed(0)} s`,
  )
  return result
}

function isKept({ row, found, caught }: RowResult): boolean {
  return complaints(found).length === 0 && caught.length === row.brokenBuilds.length
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
