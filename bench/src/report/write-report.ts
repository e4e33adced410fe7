import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { drawBareClientChart, drawPeersChart } from './charts.ts'
import { writeMarkdown } from './markdown.ts'
import { readNotes } from './notes.ts'
import type { Results } from './results.ts'

const ROOT = join(import.meta.dirname, '../../..')
const NOTES = 'bench/notes.md'

/** Writes the page, its pictures and the file for later comparisons. Resolves to their paths. */
export async function writeReport(results: Results): Promise<readonly string[]> {
  const notes = readNotes(await readFile(join(ROOT, NOTES), 'utf8'))
  const files: Readonly<Record<string, string>> = {
    'docs/benchmarks.md': writeMarkdown(results, notes),
    'docs/benchmarks/bare-client.svg': drawBareClientChart(results),
    'docs/benchmarks/peers.svg': drawPeersChart(results),
    'docs/benchmarks/latest.json': `${JSON.stringify(results, shortened, 1)}\n`,
  }
  await mkdir(join(ROOT, 'docs/benchmarks'), { recursive: true })
  const paths = Object.keys(files)
  for (const path of paths) await writeFile(join(ROOT, path), files[path] ?? '')
  const formatted = paths.filter((path) => !path.endsWith('.svg'))
  await promisify(execFile)(join(ROOT, 'node_modules/.bin/oxfmt'), formatted, { cwd: ROOT })
  return paths
}

/** Rounds numbers to four digits, which is more than their precision. */
function shortened(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value)
    ? Number(value.toPrecision(4))
    : value
}
