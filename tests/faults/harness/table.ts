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

const heading = ['fault', 'rounds', 'acknowledged', 'lost', 'twice', 'torn', 'crossed', 'unknown']

const LINE_WIDTH = 100

/** Returns the table of a run as Markdown, and below it a list of what each row does and catches. */
export function tableOf(results: readonly RowResult[]): string {
  const lines = [heading, heading.map(() => '---'), ...results.map(cells)]
  const table = lines.map((line) => `| ${line.join(' | ')} |`).join('\n')
  return `${table}\n\n${results.map(description).join('\n')}`
}

function cells({ row, found }: RowResult): readonly string[] {
  const { acknowledged, lost, duplicated, torn, foreign, unknown } = found
  return [
    row.name,
    `${count(found.rounds)} ${row.unit}`,
    ...[acknowledged, lost, duplicated, torn, foreign, unknown].map(count),
  ]
}

function description({ row, caught }: RowResult): string {
  return wrapped(
    `- **${row.name}**: ${row.how}. Caught: a build that ${caught.join('; that ')}. Run it again with`,
    `\`pnpm test:faults --row "${row.name}"\`.`,
  )
}

/**
 * Breaks an item of a list into lines of 100 columns.
 *
 * @param end The end of the item, which stays on one line.
 */
function wrapped(item: string, end: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of [...item.split(' '), end]) {
    if (line !== '' && line.length + 1 + word.length > LINE_WIDTH) {
      lines.push(line)
      line = `  ${word}`
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join('\n')
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
