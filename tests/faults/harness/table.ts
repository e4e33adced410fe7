import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { repositoryRoot } from '@harborage/test-kit/repository-root'

import type { FaultRow, Figures } from './fault-row.ts'

/** The findings of a run of a row, and the broken builds that it caught. */
export interface RowResult {
  readonly row: FaultRow
  readonly found: Figures
  readonly caught: readonly string[]
  readonly seconds: number
}

const heading = [
  'fault',
  'rounds',
  'acknowledged',
  'lost',
  'duplicated',
  'torn',
  'cross-identity',
  'outcome unknown',
  'caught when the build',
  'again with',
]

/** Returns the table of a run as Markdown. */
export function tableOf(results: readonly RowResult[]): string {
  const lines = [heading, heading.map(() => '---'), ...results.map(cells)]
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n')
}

function cells({ row, found, caught }: RowResult): readonly string[] {
  const { acknowledged, lost, duplicated, torn, foreign, unknown } = found
  return [
    `**${row.name}**: ${row.how}`,
    `${count(found.rounds)} ${row.unit}`,
    ...[acknowledged, lost, duplicated, torn, foreign, unknown].map(count),
    caught.join('; '),
    `\`pnpm test:faults --row "${row.name}"\``,
  ]
}

export function count(number: number): string {
  return number.toLocaleString('en')
}

const FORMATTER = join(repositoryRoot, 'node_modules/.bin/oxfmt')

const BEGIN = '<!-- the table of faults begins -->'
const END = '<!-- the table of faults ends -->'

/** Writes the table into its place in a page, formatted like the rest of the project. */
export async function writeTable(page: string, table: string): Promise<void> {
  const text = await readFile(page, 'utf8')
  const begin = text.indexOf(BEGIN)
  const end = text.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`${page} has no place for the table of faults`)
  await writeFile(page, `${text.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${text.slice(end)}`)
  await promisify(execFile)(FORMATTER, [page])
}
