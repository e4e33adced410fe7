// Run by check-examples.ts: imports each file named in its arguments, and tells its parent what came of it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'

export interface ExampleResult {
  readonly path: string
  /** What it handed to `console.log`. */
  readonly printed: readonly string[]
  readonly failure?: string
}

for (const path of process.argv.slice(2)) process.send?.(await runExample(path))
process.disconnect()

async function runExample(path: string): Promise<ExampleResult> {
  const printed: string[] = []
  console.log = (...values: unknown[]) =>
    void printed.push(values.map((value) => inspect(value)).join(' '))
  const folder = mkdtempSync(join(tmpdir(), 'harborage-example-'))
  process.chdir(folder)
  try {
    await import(pathToFileURL(path).href)
    return { path, printed }
  } catch (error) {
    return { path, printed, failure: inspect(error) }
  } finally {
    process.chdir(tmpdir())
    rmSync(folder, { recursive: true, force: true })
  }
}
